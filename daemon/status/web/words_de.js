// German. Every language has the same keys and the same places in braces: words.js says what they are for.
export const BOARD = {
  people: '{n} Personen', person: '{n} Person', known: '{n} bekannt', all: 'Alle', none: 'keine', yes: 'ja', no: 'nein',
  live: 'Live', connecting: 'Verbinden…', loading: 'Laden…', syncing: 'Abgleichen…', lost: 'Nicht live', signin: 'Anmelden',
  oldSince: 'Nicht live: dieses Bild ist von {time}.', catchingUp: 'Wieder verbunden, wird abgeglichen. Dieses Bild ist von {time}.',
  noContact: 'Lamplighter antwortet noch nicht. Neuer Versuch…', loadFailed: 'Personen konnten nicht geladen werden ({why}). Neuer Versuch…',
  signInTitle: 'Anmelden', signInText: 'Diese Tafel verlangt ein Token. Es bleibt nur in diesem Tab.', signInWrong: 'Dieses Token wurde nicht angenommen.',
  signInMissing: 'Mit diesem Token dürfen Sie die Tafel nicht sehen. Fehlendes Recht: {missing}.', token: 'Token', signIn: 'Tafel zeigen', signOut: 'Abmelden',
  theme: 'Hell oder dunkel', wall: 'Wandbildschirm (Escape verlässt ihn)', folds: 'Alle Ordner schließen oder öffnen', close: 'Schließen', alarms: 'Alarme',
  systems: 'Systeme', channel: 'Kanal', adapter: 'Adapter', since: 'seit {time}', reason: 'Grund', lastEvent: 'Letztes Ereignis', lastHeartbeat: 'Letzter Herzschlag',
  queue: 'Warteschlange', lastSuccess: 'Letzter Erfolg', lastError: 'Letzter Fehler', subscriptions: 'Abonnements', wanted: 'Gewünscht', liveCount: 'Aktiv', pending: 'Ausstehend',
  refused: 'Abgelehnt', version: 'Version', started: 'Gestartet', rates: '{n} Ereignisse/s · {gaps} Lücken', firstState: 'Erste Zustände: {n} von {total}', systemsOld: 'Zustand unbekannt: keine Antwort',
  search: 'Personen suchen', searchHint: 'Name, Id oder Ordner', filter: 'Nach Status filtern', sort: 'Reihenfolge', byName: 'Name', byStatus: 'Status', byChanged: 'Letzte Änderung',
  noFolder: 'Ohne Ordner', nobody: 'Niemand gefunden.', empty: 'Noch wird niemand beobachtet.', recent: 'Kürzlich geändert', large: 'Suchen Sie unter {n} Personen. Darunter: wer sich kürzlich geändert hat.',
  more: 'Die ersten {n} stehen hier. Verfeinern Sie die Suche, um andere zu sehen.', searchFailed: 'Suche fehlgeschlagen: {why}', availableOf: '{n} von {total} verfügbar',
  calls: 'Gespräche: {n}', lineDnd: 'Anrufschutz auf der Leitung', forwarding: 'Umleitung: {kind}', lineStale: 'Leitung: letzter bekannter Stand, Kanal ist ausgefallen', teamsStale: 'Teams: letzter bekannter Stand, nicht aktuell', outOfOffice: 'Nicht im Büro',
  acd: 'Callcenter', chat: 'Chat', line: 'Leitung', state: 'Zustand', callCount: 'Gespräche', dnd: 'Nicht stören', forward: 'Umleitung', current: 'Aktuell', availability: 'Verfügbarkeit', activity: 'Aktivität',
  contact: 'Person', mail: 'E-Mail', folder: 'Ordner', id: 'Id', why: 'Warum diese Lampe?', decides: 'Regel {n} entscheidet: {text}.', noneDecides: 'Keine Regel trifft zu.', ruleN: 'Regel {n}',
  inputs: 'Was wir wissen', order: 'Regeln, höchste zuerst', outputs: 'Was anderen mitgeteilt wurde', watchers: 'Wer über SIP zuschaut', age: '{age} alt', expires: 'verfällt {time}', forbidden: 'Nicht erlaubt: {missing}', failed: 'Keine Antwort: {why}', nothing: 'Nichts.',
  s: { ringing: 'Klingelt', held: 'Gehalten', do_not_disturb: 'Nicht stören', on_call: 'Im Gespräch', in_meeting: 'In Besprechung', busy: 'Beschäftigt', away: 'Abwesend', available: 'Verfügbar', offline: 'Offline', unknown: 'Unbekannt' },
  w: { idle: 'frei', ringing: 'klingelt', active: 'im Gespräch', held: 'gehalten', unknown: 'unbekannt', none: 'keine', always: 'immer', busy: 'bei besetzt', no_answer: 'bei Nichtmelden', not_reachable: 'bei Nichterreichbarkeit', selective: 'selektiv', multiple: 'mehrere Arten',
    telephony: 'Telefonleitung', line: 'Telefonleitung', publication: 'Veröffentlichung', manual: 'Von Hand', up: 'läuft', opening: 'öffnet', down: 'ausgefallen', stopped: 'angehalten', degraded: 'eingeschränkt', off: 'aus', pending: 'noch nicht erlaubt', terminated: 'beendet',
    commpilot_express: 'CommPilot Express', anywhere: 'BroadWorks Anywhere', remote_office: 'Externes Büro', forwarding_always: 'Umleitung, immer', forwarding_selective: 'Umleitung, selektiv', forwarding_busy: 'Umleitung bei besetzt', forwarding_no_answer: 'Umleitung bei Nichtmelden', forwarding_not_reachable: 'Umleitung bei Nichterreichbarkeit',
    calendars: 'Kalender', history: 'Gesprächsdaten', webhooks: 'Webhooks', forwarding: 'Umleitung' },
  rules: ['auf der Leitung klingelt ein Anruf', 'ein Gespräch wird gehalten oder mit Rückfrage verbunden', 'präsentiert in einer Teams-Besprechung', 'nicht stören in Teams, kein Gespräch auf der Leitung', 'Anrufschutz auf der Leitung', 'nicht stören in Teams während eines Gesprächs', 'auf der Leitung läuft ein Gespräch', 'in einer Teams-Besprechung oder einem Teams-Anruf', 'beschäftigt in Teams', 'abwesend in Teams', 'die Leitung ist bekannt und frei, oder Teams sagt verfügbar', 'Teams sagt offline, und von der Leitung ist nichts bekannt', 'nichts ist bekannt', 'Nachbearbeitung eines Anrufs der Warteschlange', 'nicht verfügbar für Warteschlangen'],

  // Forwarding (forwards.js)
  fwdTo: 'Anrufe gehen an {to}', fwdOperator: 'durch die Vermittlung', fwdCalendar: 'Kalender {name}', fwdOwn: 'eigene Einstellung', fwdLate: 'wird geändert', fwdUntil: 'bis {time}',
  fwdNone: 'nicht umgeleitet', fwdUnknown: 'noch nicht bekannt', fwdBaseline: 'Vom Benutzer', fwdWrite: 'Zuletzt geschrieben', fwdTrouble: 'Umleitung: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'ab {from}',
  fwdForm: 'Anrufe umleiten', fwdNumber: 'An Nummer', fwdEnd: 'Bis (freiwillig)', fwdLines: 'Alle Leitungen', fwdDo: 'Umleiten', fwdStop: 'Umleitung beenden', fwdDone: 'Erledigt.', fwdPast: 'Dieses Ende ist schon vorbei.',
  f: { in_force: 'in Kraft', waiting: 'wartet', resting: 'ruht', refused: 'abgelehnt', operator: 'Vermittlung', calendar: 'Kalender', smartbusy: 'SmartBusy', ok: 'geschrieben und geprüft', unchecked: 'geschrieben, noch nicht geprüft' },

  // Calls (calls.js)
  callsNow: 'Gespräche jetzt', callIn: 'von {who}', callOut: 'an {who}', callWithheld: 'unterdrückte Nummer', callUnknown: 'unbekannte Nummer', callMore: 'und {n} weitere Treffer', callQueue: 'über {queue}', callDdi: 'auf {ddi}',
  answer: 'Annehmen', hold: 'Halten', resume: 'Zurückholen', hangup: 'Auflegen', dialTitle: 'Anrufen', dialNumber: 'Nummer', dialDo: 'Anrufen', callDone: 'Erledigt.',
  callHistory: 'Gesprächsverlauf', missedCalls: 'Verpasste Anrufe', callLasted: 'dauerte {time}', callRang: 'klingelte {time}',
  c: { ringing: 'klingelt', dialling: 'wählt', active: 'im Gespräch', held: 'gehalten', held_by_remote: 'von der Gegenseite gehalten', answered: 'angenommen', missed: 'verpasst', answered_elsewhere: 'anderswo angenommen', declined: 'abgewiesen', abandoned: 'Warteschlange verlassen', forwarded: 'umgeleitet', voicemail: 'Voicemail', failed: 'nicht erreicht' },

  // Contacts, favourites (contacts.js, favourites.js)
  favourites: 'Favoriten', teamFavourites: 'Favoriten von {team}', favourite: 'Favorit', contacts: 'Kontakte', phoneNumbers: 'Nummern', otherNumbers: 'Andere Nummern: {n}', notes: 'Notizen', dialName: 'Name oder Nummer', dialChoices: 'Wen Sie meinen könnten',
  callBack: '{who} zurückrufen, mit dem Telefon von {phone}', callNumber: '{who} anrufen, mit dem Telefon von {phone}',
  n: { work: 'Büro', mobile: 'mobil', home: 'privat', main: 'Zentrale', fax: 'Fax', extension: 'Nebenstelle' },

  // Agents (acd.js)
  acdQueues: 'Warteschlangen', acdSince: 'Agent seit', acdConflict: 'bekommt Anrufe aus Warteschlangen, obwohl niemand stören soll', acdFollowed: 'nicht verfügbar wegen Besprechung oder Nicht stören', numbers: 'Nummern lokal oder international',
  a: { sign_in: 'angemeldet', available: 'verfügbar', unavailable: 'nicht verfügbar', wrap_up: 'Nachbearbeitung', sign_out: 'abgemeldet' },

  // The daemon's sentences, by their codes
  said: {
    comes_first: '{source} {name} geht vor',
    others_called: '{count} andere werden schon angerufen',
    begins: 'ab {at}',
    ended: 'beendet',
    user_changed: 'der Benutzer hat die Umleitung geändert',
    no_precedence: '{source} steht nicht in [forwarding] precedence',
    being_written: 'wird geschrieben',
    no_source: 'keine Quelle ist eingestellt',
    excepted: 'diese Person ist ausgenommen',
    no_number: 'keine Nummer zum Umleiten ist eingestellt',
    quiet_hours: 'Ruhezeit',
    says_meeting: '{source} sagt in Besprechung',
    said_meeting: '{source} sagte in Besprechung und schweigt seitdem',
    just_ended: 'die Besprechung ist gerade zu Ende',
    no_meeting: 'in keiner Besprechung',
    login_refused: '{platform}: die Anmeldung {user} wird abgelehnt (401); Name und Kennwort berichtigen, dann neu laden',
    no_channel: '{platform}: kein Kanal zu {host}: {why}',
    subscriptions_refused: '{platform}: {count} Abonnements werden abgelehnt (403 oder 404); stündlich wird neu gefragt',
    network: 'keine Verbindung: {text}',
    timeout: 'keine rechtzeitige Antwort: {text}',
    protocol: 'eine unverständliche Antwort: {text}',
    unauthorised: 'die Anmeldung wird nicht angenommen: {text}',
    forbidden: 'nicht erlaubt: {text}',
    not_found: 'nicht gefunden: {text}',
    conflict: 'ohne Wirkung: {text}',
    throttled: 'zu viele Anfragen: {text}',
    unavailable: 'zurzeit nicht verfügbar: {text}',
    invalid: 'nicht verwendbar: {text}',
    limit: 'eine Grenze ist erreicht: {text}',
    cancelled: 'abgebrochen: {text}',
  },
};

export const DIAL = {
  title: 'Anrufen', to: 'Nummer', person: 'Wessen Telefon (Id)', token: 'Token', tokenHint: 'Das Token bleibt nur in diesem Tab.', dial: 'Anrufen',
  public: 'Ruft {number} an', internal: 'Ruft die Nebenstelle {number} an', feature: 'Funktionscode {number}: das ändert eine Einstellung', none: 'Das ist keine Telefonnummer.',
  calling: 'Anruf…', done: 'Zuerst klingelt das Telefon von {person}; heben Sie ab.', failed: 'Nicht angerufen: {why}', signIn: 'Ein Token ist nötig.', forbidden: 'Dieses Token darf nicht für {person} anrufen.', busy: 'Zu viele Anrufe; versuchen Sie es in {n} s wieder.', noContact: 'Lamplighter antwortet nicht.',
  register: 'Telefonlinks (tel:) dieses Browsers hier öffnen:', registerDo: 'Für Telefonlinks verwenden', registered: 'Der Browser fragt jetzt nach Ihrer Zustimmung oder hat sie schon.', cannotRegister: 'Dieser Browser öffnet keine Telefonlinks in Seiten (https ist nötig).',
};
