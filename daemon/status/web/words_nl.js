// Dutch. Every language has the same keys and the same places in braces: words.js says what they are for.
export const BOARD = {
  people: '{n} personen', person: '{n} persoon', known: '{n} bekend', all: 'Alle', none: 'geen', yes: 'ja', no: 'nee',
  live: 'Live', connecting: 'Verbinden…', loading: 'Laden…', syncing: 'Bijwerken…', lost: 'Niet live', signin: 'Aanmelden',
  oldSince: 'Niet live: dit beeld is van {time}.', catchingUp: 'Weer verbonden, wordt bijgewerkt. Dit beeld is van {time}.',
  noContact: 'Lamplighter antwoordt nog niet. Nieuwe poging…', loadFailed: 'Personen laden mislukt ({why}). Nieuwe poging…',
  signInTitle: 'Aanmelden', signInText: 'Dit bord vraagt een token. Het blijft alleen in dit tabblad.', signInWrong: 'Dit token is niet aanvaard.',
  signInMissing: 'Met dit token mag u het bord niet zien. Ontbrekend recht: {missing}.', token: 'Token', signIn: 'Toon het bord', signOut: 'Afmelden',
  theme: 'Licht of donker', wall: 'Wandscherm (Escape verlaat)', folds: 'Alle mappen sluiten of openen', close: 'Sluiten', alarms: 'Alarmen',
  systems: 'Systemen', channel: 'Kanaal', adapter: 'Adapter', since: 'sinds {time}', reason: 'Reden', lastEvent: 'Laatste gebeurtenis', lastHeartbeat: 'Laatste hartslag',
  queue: 'Wachtrij', lastSuccess: 'Laatst gelukt', lastError: 'Laatste fout', subscriptions: 'Abonnementen', wanted: 'Gewenst', liveCount: 'Actief', pending: 'In behandeling',
  refused: 'Geweigerd', version: 'Versie', started: 'Gestart', rates: '{n} gebeurtenissen/s · {gaps} gaten', firstState: 'Eerste standen: {n} van {total}', systemsOld: 'Toestand onbekend: geen antwoord',
  search: 'Personen zoeken', searchHint: 'Naam, id of map', filter: 'Filteren op status', sort: 'Volgorde', byName: 'Naam', byStatus: 'Status', byChanged: 'Laatste wijziging',
  noFolder: 'Zonder map', nobody: 'Niemand gevonden.', empty: 'Er wordt nog niemand gevolgd.', recent: 'Onlangs gewijzigd', large: 'Zoek onder {n} personen. Hieronder: wie onlangs wijzigde.',
  more: 'De eerste {n} staan hier. Verfijn de zoekvraag voor anderen.', searchFailed: 'Zoeken mislukt: {why}', availableOf: '{n} van {total} beschikbaar',
  calls: 'Gesprekken: {n}', lineDnd: 'Niet storen op de lijn', forwarding: 'Doorschakeling: {kind}', lineStale: 'Lijn: laatst bekend, kanaal ligt eruit', teamsStale: 'Teams: laatst bekend, niet actueel', outOfOffice: 'Niet op kantoor',
  acd: 'Callcenter', chat: 'Chat', line: 'Lijn', state: 'Stand', callCount: 'Gesprekken', dnd: 'Niet storen', forward: 'Doorschakeling', current: 'Actueel', availability: 'Beschikbaarheid', activity: 'Activiteit',
  contact: 'Persoon', mail: 'E-mail', folder: 'Map', id: 'Id', why: 'Waarom deze lamp?', decides: 'Regel {n} beslist: {text}.', noneDecides: 'Geen regel past.', ruleN: 'regel {n}',
  inputs: 'Wat we weten', order: 'Regels, hoogste eerst', outputs: 'Wat anderen te horen kregen', watchers: 'Wie meekijkt, via SIP', age: '{age} oud', expires: 'vervalt {time}', forbidden: 'Niet toegestaan: {missing}', failed: 'Geen antwoord: {why}', nothing: 'Niets.',
  s: { ringing: 'Gaat over', held: 'In de wacht', do_not_disturb: 'Niet storen', on_call: 'In gesprek', in_meeting: 'In vergadering', busy: 'Bezet', away: 'Afwezig', available: 'Beschikbaar', offline: 'Offline', unknown: 'Onbekend' },
  w: { idle: 'vrij', ringing: 'gaat over', active: 'in gesprek', held: 'in de wacht', unknown: 'onbekend', none: 'geen', always: 'altijd', busy: 'bij bezet', no_answer: 'bij geen antwoord', not_reachable: 'bij onbereikbaar', selective: 'selectief', multiple: 'meer soorten',
    telephony: 'Telefoonlijn', line: 'Telefoonlijn', publication: 'Publicatie', manual: 'Met de hand', up: 'werkt', opening: 'opent', down: 'ligt eruit', stopped: 'gestopt', degraded: 'beperkt', off: 'uit', pending: 'nog niet toegestaan', terminated: 'beëindigd',
    commpilot_express: 'CommPilot Express', anywhere: 'BroadWorks Anywhere', remote_office: 'Extern kantoor', forwarding_always: 'Doorschakeling, altijd', forwarding_selective: 'Doorschakeling, selectief', forwarding_busy: 'Doorschakeling bij bezet', forwarding_no_answer: 'Doorschakeling bij geen antwoord', forwarding_not_reachable: 'Doorschakeling bij onbereikbaar',
    calendars: 'Agenda’s', history: 'Gespreksgegevens', webhooks: 'Webhooks', forwarding: 'Doorschakeling' },
  rules: ['een oproep gaat over op de lijn', 'een gesprek staat in de wacht of wordt aangekondigd doorverbonden', 'presenteert in een Teams-vergadering', 'niet storen in Teams, geen gesprek op de lijn', 'niet storen op de lijn', 'niet storen in Teams tijdens een gesprek', 'er is een gesprek op de lijn', 'in een Teams-vergadering of -gesprek', 'bezet in Teams', 'afwezig in Teams', 'de lijn is bekend en vrij, of Teams zegt beschikbaar', 'Teams zegt offline en van de lijn is niets bekend', 'er is niets bekend', 'rondt een wachtrijgesprek af', 'niet beschikbaar voor wachtrijen'],

  // Forwarding (forwards.js)
  fwdTo: 'Oproepen gaan naar {to}', fwdOperator: 'door de telefonist', fwdCalendar: 'agenda {name}', fwdOwn: 'eigen instelling', fwdLate: 'wordt gewijzigd', fwdUntil: 'tot {time}',
  fwdNone: 'niet doorgeschakeld', fwdUnknown: 'nog niet bekend', fwdBaseline: 'Van de gebruiker', fwdWrite: 'Laatst geschreven', fwdTrouble: 'Doorschakeling: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'vanaf {from}',
  fwdForm: 'Oproepen doorschakelen', fwdNumber: 'Naar nummer', fwdEnd: 'Tot (mag leeg)', fwdLines: 'Alle lijnen', fwdDo: 'Doorschakelen', fwdStop: 'Doorschakeling beëindigen', fwdDone: 'Gedaan.', fwdPast: 'Dit einde is al voorbij.',
  f: { in_force: 'van kracht', waiting: 'wacht', resting: 'rust', refused: 'geweigerd', operator: 'Telefonist', calendar: 'Agenda', smartbusy: 'SmartBusy', ok: 'geschreven en gecontroleerd', unchecked: 'geschreven, nog niet gecontroleerd' },

  // Calls (calls.js)
  callsNow: 'Gesprekken nu', callIn: 'van {who}', callOut: 'naar {who}', callWithheld: 'anoniem nummer', callUnknown: 'onbekend nummer', callMore: 'en nog {n} treffers', callQueue: 'via {queue}', callDdi: 'op {ddi}',
  answer: 'Aannemen', hold: 'In de wacht', resume: 'Terughalen', hangup: 'Ophangen', dialTitle: 'Bellen', dialNumber: 'Nummer', dialDo: 'Bellen', callDone: 'Gedaan.',
  callHistory: 'Gespreksgeschiedenis', missedCalls: 'Gemiste oproepen', callLasted: 'duurde {time}', callRang: 'ging {time} over',
  c: { ringing: 'gaat over', dialling: 'kiest', active: 'in gesprek', held: 'in de wacht', held_by_remote: 'in de wacht door de ander', answered: 'beantwoord', missed: 'gemist', answered_elsewhere: 'elders beantwoord', declined: 'geweigerd', abandoned: 'wachtrij verlaten', forwarded: 'doorgeschakeld', voicemail: 'voicemail', failed: 'niet bereikt' },

  // Contacts, favourites (contacts.js, favourites.js)
  favourites: 'Favorieten', teamFavourites: 'Favorieten van {team}', favourite: 'Favoriet', contacts: 'Contacten', phoneNumbers: 'Nummers', otherNumbers: 'Andere nummers: {n}', notes: 'Notities', dialName: 'Naam of nummer', dialChoices: 'Wie u kunt bedoelen',
  callBack: '{who} terugbellen, met de telefoon van {phone}', callNumber: '{who} bellen, met de telefoon van {phone}',
  n: { work: 'werk', mobile: 'mobiel', home: 'thuis', main: 'hoofdnummer', fax: 'fax', extension: 'toestel' },

  // Agents (acd.js)
  acdQueues: 'Wachtrijen', acdSince: 'Agent sinds', acdConflict: 'krijgt wachtrijgesprekken terwijl niemand mag storen', acdFollowed: 'niet beschikbaar door vergadering of niet storen', numbers: 'Lokale of internationale nummers',
  a: { sign_in: 'aangemeld', available: 'beschikbaar', unavailable: 'niet beschikbaar', wrap_up: 'nawerk', sign_out: 'afgemeld' },

  // The daemon's sentences, by their codes
  said: {
    comes_first: '{source} {name} gaat voor',
    others_called: 'er worden al {count} anderen gebeld',
    begins: 'vanaf {at}',
    ended: 'afgelopen',
    user_changed: 'de gebruiker heeft de doorschakeling gewijzigd',
    no_precedence: '{source} staat niet in [forwarding] precedence',
    being_written: 'wordt geschreven',
    no_source: 'er is geen bron ingesteld',
    excepted: 'deze persoon is uitgezonderd',
    no_number: 'er is geen nummer ingesteld om naar door te schakelen',
    quiet_hours: 'stille uren',
    says_meeting: '{source} zegt in vergadering',
    said_meeting: '{source} zei in vergadering en zwijgt sindsdien',
    just_ended: 'de vergadering is net afgelopen',
    no_meeting: 'niet in vergadering',
    login_refused: '{platform}: de aanmelding {user} wordt geweigerd (401); verbeter naam en wachtwoord en laad opnieuw',
    no_channel: '{platform}: geen kanaal naar {host}: {why}',
    subscriptions_refused: '{platform}: {count} abonnementen zijn geweigerd (403 of 404); elk uur volgt een nieuwe poging',
    network: 'geen verbinding: {text}',
    timeout: 'geen antwoord op tijd: {text}',
    protocol: 'een onbegrijpelijk antwoord: {text}',
    unauthorised: 'de aanmelding wordt niet aanvaard: {text}',
    forbidden: 'niet toegestaan: {text}',
    not_found: 'niet gevonden: {text}',
    conflict: 'het had geen gevolg: {text}',
    throttled: 'te veel verzoeken: {text}',
    unavailable: 'nu niet beschikbaar: {text}',
    invalid: 'niet bruikbaar: {text}',
    limit: 'een grens is bereikt: {text}',
    cancelled: 'afgebroken: {text}',
  },
};

export const DIAL = {
  title: 'Bellen', to: 'Nummer', person: 'Wiens telefoon (id)', token: 'Token', tokenHint: 'Het token blijft alleen in dit tabblad.', dial: 'Bel',
  public: 'Belt {number}', internal: 'Belt toestel {number}', feature: 'Functiecode {number}: dit wijzigt een instelling', none: 'Dit is geen telefoonnummer.',
  calling: 'Bellen…', done: 'Eerst gaat de telefoon van {person} over; neem die op.', failed: 'Niet gebeld: {why}', signIn: 'Er is een token nodig.', forbidden: 'Dit token mag niet bellen voor {person}.', busy: 'Te veel oproepen; probeer het over {n} s.', noContact: 'Lamplighter antwoordt niet.',
  register: 'Laat deze browser telefoonlinks (tel:) hier openen:', registerDo: 'Gebruik voor telefoonlinks', registered: 'De browser vraagt nu uw toestemming, of heeft die al.', cannotRegister: 'Deze browser opent geen telefoonlinks in pagina’s (https is nodig).',
};
