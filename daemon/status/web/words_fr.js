// French. Every language has the same keys and the same places in braces: words.js says what they are for.
export const BOARD = {
  people: '{n} personnes', person: '{n} personne', known: '{n} connues', all: 'Tous', none: 'aucun', yes: 'oui', no: 'non',
  live: 'En direct', connecting: 'Connexion…', loading: 'Chargement…', syncing: 'Mise à jour…', lost: 'Hors direct', signin: 'Connexion',
  oldSince: 'Hors direct : cette image date de {time}.', catchingUp: 'Reconnecté, mise à jour en cours. Cette image date de {time}.',
  noContact: 'Lamplighter ne répond pas encore. Nouvel essai…', loadFailed: 'Le chargement a échoué ({why}). Nouvel essai…',
  signInTitle: 'Connexion', signInText: 'Ce tableau demande un jeton. Il ne reste que dans cet onglet.', signInWrong: 'Ce jeton n’a pas été accepté.',
  signInMissing: 'Ce jeton ne permet pas de voir le tableau. Droit manquant : {missing}.', token: 'Jeton', signIn: 'Afficher le tableau', signOut: 'Déconnexion',
  theme: 'Clair ou sombre', wall: 'Écran mural (Échap pour quitter)', folds: 'Fermer ou ouvrir tous les dossiers', close: 'Fermer', alarms: 'Alarmes',
  systems: 'Systèmes', channel: 'Canal', adapter: 'Adaptateur', since: 'depuis {time}', reason: 'Raison', lastEvent: 'Dernier événement', lastHeartbeat: 'Dernier battement',
  queue: 'File', lastSuccess: 'Dernier succès', lastError: 'Dernière erreur', subscriptions: 'Abonnements', wanted: 'Voulus', liveCount: 'Actifs', pending: 'En attente',
  refused: 'Refusés', version: 'Version', started: 'Démarré', rates: '{n} événements/s · {gaps} lacunes', firstState: 'Premiers états : {n} sur {total}', systemsOld: 'État inconnu : pas de réponse',
  search: 'Chercher une personne', searchHint: 'Nom, identifiant ou dossier', filter: 'Filtrer par statut', sort: 'Tri', byName: 'Nom', byStatus: 'Statut', byChanged: 'Dernier changement',
  noFolder: 'Sans dossier', nobody: 'Personne ne correspond.', empty: 'Personne n’est encore suivi.', recent: 'Changés récemment', large: 'Cherchez parmi {n} personnes. Ci-dessous : les changements récents.',
  more: 'Les {n} premières sont affichées. Précisez la recherche pour voir les autres.', searchFailed: 'La recherche a échoué : {why}', availableOf: '{n} sur {total} disponibles',
  calls: 'Appels : {n}', lineDnd: 'Ne pas déranger sur la ligne', forwarding: 'Renvoi : {kind}', lineStale: 'Ligne : dernier état connu, canal en panne', teamsStale: 'Teams : dernier état connu, pas actuel', outOfOffice: 'Absent du bureau',
  acd: 'Centre d’appels', chat: 'Discuter', line: 'Ligne', state: 'État', callCount: 'Appels', dnd: 'Ne pas déranger', forward: 'Renvoi', current: 'Actuel', availability: 'Disponibilité', activity: 'Activité',
  contact: 'Personne', mail: 'Courriel', folder: 'Dossier', id: 'Identifiant', why: 'Pourquoi ce voyant ?', decides: 'La règle {n} décide : {text}.', noneDecides: 'Aucune règle ne s’applique.', ruleN: 'règle {n}',
  inputs: 'Ce que nous savons', order: 'Règles, la plus haute d’abord', outputs: 'Ce qui a été transmis', watchers: 'Qui observe, par SIP', age: 'âge {age}', expires: 'expire {time}', forbidden: 'Non autorisé : {missing}', failed: 'Pas de réponse : {why}', nothing: 'Rien.',
  s: { ringing: 'Sonne', held: 'En attente', do_not_disturb: 'Ne pas déranger', on_call: 'En appel', in_meeting: 'En réunion', busy: 'Occupé', away: 'Absent', available: 'Disponible', offline: 'Hors ligne', unknown: 'Inconnu' },
  w: { idle: 'libre', ringing: 'sonne', active: 'en appel', held: 'en attente', unknown: 'inconnu', none: 'aucun', always: 'toujours', busy: 'si occupé', no_answer: 'sans réponse', not_reachable: 'si injoignable', selective: 'sélectif', multiple: 'plusieurs',
    telephony: 'Ligne téléphonique', line: 'Ligne téléphonique', publication: 'Publication', manual: 'À la main', up: 'en service', opening: 'ouverture', down: 'en panne', stopped: 'arrêté', degraded: 'dégradé', off: 'désactivé', pending: 'pas encore autorisé', terminated: 'terminé',
    commpilot_express: 'CommPilot Express', anywhere: 'BroadWorks Anywhere', remote_office: 'Bureau distant', forwarding_always: 'Renvoi permanent', forwarding_selective: 'Renvoi sélectif', forwarding_busy: 'Renvoi si occupé', forwarding_no_answer: 'Renvoi sans réponse', forwarding_not_reachable: 'Renvoi si injoignable',
    calendars: 'Agendas', history: 'Relevé des appels', webhooks: 'Webhooks', forwarding: 'Renvoi' },
  rules: ['un appel sonne sur la ligne', 'un appel est en attente ou un transfert est annoncé', 'présente dans une réunion Teams', 'ne pas déranger dans Teams, aucun appel sur la ligne', 'ne pas déranger sur la ligne', 'ne pas déranger dans Teams pendant un appel', 'un appel est en cours sur la ligne', 'en réunion ou en appel Teams', 'occupé dans Teams', 'absent dans Teams', 'la ligne est connue et libre, ou Teams dit disponible', 'Teams dit hors ligne et la ligne est inconnue', 'rien n’est connu', 'post-appel d’une file d’attente', 'indisponible pour les files d’attente'],

  // Forwarding (forwards.js)
  fwdTo: 'Les appels vont au {to}', fwdOperator: 'par l’opérateur', fwdCalendar: 'agenda {name}', fwdOwn: 'réglage personnel', fwdLate: 'en cours de changement', fwdUntil: 'jusqu’à {time}',
  fwdNone: 'non renvoyés', fwdUnknown: 'pas encore connu', fwdBaseline: 'De l’utilisateur', fwdWrite: 'Dernière écriture', fwdTrouble: 'Renvoi : {why}', fwdSpan: '{from} – {until}', fwdOpen: 'dès {from}',
  fwdForm: 'Renvoyer les appels', fwdNumber: 'Vers le numéro', fwdEnd: 'Jusqu’à (facultatif)', fwdLines: 'Toutes les lignes', fwdDo: 'Renvoyer', fwdStop: 'Mettre fin au renvoi', fwdDone: 'C’est fait.', fwdPast: 'Cette fin est déjà passée.',
  f: { in_force: 'en vigueur', waiting: 'en attente', resting: 'au repos', refused: 'refusé', operator: 'Opérateur', calendar: 'Agenda', smartbusy: 'SmartBusy', ok: 'écrit et vérifié', unchecked: 'écrit, pas encore vérifié' },

  // Calls (calls.js)
  callsNow: 'Appels en cours', callIn: 'de {who}', callOut: 'vers {who}', callWithheld: 'numéro masqué', callUnknown: 'numéro inconnu', callMore: 'et {n} autres correspondances', callQueue: 'via {queue}', callDdi: 'au {ddi}',
  answer: 'Répondre', hold: 'Mettre en attente', resume: 'Reprendre', hangup: 'Raccrocher', dialTitle: 'Appeler', dialNumber: 'Numéro', dialDo: 'Appeler', callDone: 'C’est fait.',
  callHistory: 'Historique des appels', missedCalls: 'Appels manqués', callLasted: 'durée {time}', callRang: 'a sonné {time}',
  c: { ringing: 'sonne', dialling: 'numérotation', active: 'en appel', held: 'en attente', held_by_remote: 'mis en attente par l’autre', answered: 'répondu', missed: 'manqué', answered_elsewhere: 'répondu ailleurs', declined: 'refusé', abandoned: 'a quitté la file', forwarded: 'renvoyé', voicemail: 'messagerie', failed: 'non joint' },

  // Contacts, favourites (contacts.js, favourites.js)
  favourites: 'Favoris', teamFavourites: 'Favoris de {team}', favourite: 'Favori', contacts: 'Contacts', phoneNumbers: 'Numéros', otherNumbers: 'Autres numéros : {n}', notes: 'Remarques', dialName: 'Nom ou numéro', dialChoices: 'Qui vous voulez dire',
  callBack: 'Rappeler {who}, avec le téléphone de {phone}', callNumber: 'Appeler {who}, avec le téléphone de {phone}',
  n: { work: 'bureau', mobile: 'mobile', home: 'domicile', main: 'standard', fax: 'fax', extension: 'poste' },

  // Agents (acd.js)
  acdQueues: 'Files d’attente', acdSince: 'Agent depuis', acdConflict: 'reçoit des appels de files alors que personne ne doit déranger', acdFollowed: 'indisponible en raison d’une réunion ou de « ne pas déranger »', numbers: 'Numéros locaux ou internationaux',
  a: { sign_in: 'connecté', available: 'disponible', unavailable: 'indisponible', wrap_up: 'post-appel', sign_out: 'déconnecté' },

  // The daemon's sentences, by their codes
  said: {
    comes_first: '{source} {name} passe d’abord',
    others_called: '{count} autres sont déjà appelés',
    begins: 'dès {at}',
    ended: 'terminé',
    user_changed: 'l’utilisateur a changé le renvoi',
    no_precedence: '{source} n’est pas dans [forwarding] precedence',
    being_written: 'en cours d’écriture',
    no_source: 'aucune source n’est configurée',
    excepted: 'cette personne est exceptée',
    no_number: 'aucun numéro de renvoi n’est configuré',
    quiet_hours: 'heures calmes',
    says_meeting: '{source} dit en réunion',
    said_meeting: '{source} disait en réunion et se tait depuis',
    just_ended: 'la réunion vient de finir',
    no_meeting: 'pas en réunion',
    login_refused: '{platform} : la connexion {user} est refusée (401) ; corrigez le nom et le mot de passe, puis rechargez',
    no_channel: '{platform} : pas de canal vers {host} : {why}',
    subscriptions_refused: '{platform} : {count} abonnements sont refusés (403 ou 404) ; nouvel essai chaque heure',
    network: 'pas de connexion : {text}',
    timeout: 'pas de réponse à temps : {text}',
    protocol: 'une réponse incompréhensible : {text}',
    unauthorised: 'la connexion n’est pas acceptée : {text}',
    forbidden: 'non autorisé : {text}',
    not_found: 'introuvable : {text}',
    conflict: 'sans effet : {text}',
    throttled: 'trop de demandes : {text}',
    unavailable: 'indisponible pour l’instant : {text}',
    invalid: 'inutilisable : {text}',
    limit: 'une limite est atteinte : {text}',
    cancelled: 'interrompu : {text}',
  },
};

export const DIAL = {
  title: 'Appeler', to: 'Numéro', person: 'Téléphone de (id)', token: 'Jeton', tokenHint: 'Le jeton reste dans cet onglet.', dial: 'Appeler',
  public: 'Appelle le {number}', internal: 'Appelle le poste {number}', feature: 'Code de fonction {number} : il change un réglage', none: 'Ce n’est pas un numéro de téléphone.',
  calling: 'Appel…', done: 'Le téléphone de {person} sonne d’abord ; décrochez.', failed: 'Pas d’appel : {why}', signIn: 'Il faut un jeton.', forbidden: 'Ce jeton ne peut pas appeler pour {person}.', busy: 'Trop d’appels ; réessayez dans {n} s.', noContact: 'Lamplighter ne répond pas.',
  register: 'Ouvrir ici les liens téléphoniques (tel:) de ce navigateur :', registerDo: 'Utiliser pour les liens téléphoniques', registered: 'Le navigateur demande votre accord, ou l’a déjà.', cannotRegister: 'Ce navigateur n’ouvre pas de liens téléphoniques dans des pages (https est requis).',
};
