// English. Every language has the same keys and the same places in braces: words.js says what they are for.
export const BOARD = {
  people: '{n} people', person: '{n} person', known: '{n} known', all: 'All', none: 'none', yes: 'yes', no: 'no',
  live: 'Live', connecting: 'Connecting…', loading: 'Loading…', syncing: 'Catching up…', lost: 'Not live', signin: 'Sign in',
  oldSince: 'Not live: this picture is from {time}.', catchingUp: 'Connected again, catching up. This picture is from {time}.',
  noContact: 'Lamplighter does not answer yet. Trying again…', loadFailed: 'Loading people failed ({why}). Trying again…',
  signInTitle: 'Sign in', signInText: 'This board needs a token. It is kept in this tab only.', signInWrong: 'This token was not accepted.',
  signInMissing: 'This token may not see the board. Missing permission: {missing}.', token: 'Token', signIn: 'Show the board', signOut: 'Sign out',
  theme: 'Light or dark', wall: 'Wall screen (Escape leaves)', folds: 'Close or open all folders', close: 'Close', alarms: 'Alarms',
  systems: 'Systems', channel: 'Channel', adapter: 'Adapter', since: 'since {time}', reason: 'Reason', lastEvent: 'Last event', lastHeartbeat: 'Last heartbeat',
  queue: 'Queue', lastSuccess: 'Last success', lastError: 'Last error', subscriptions: 'Subscriptions', wanted: 'Wanted', liveCount: 'Live', pending: 'Pending',
  refused: 'Refused', version: 'Version', started: 'Started', rates: '{n} events/s · {gaps} gaps', firstState: 'First states: {n} of {total}', systemsOld: 'Health unknown: no answer',
  search: 'Search people', searchHint: 'Name, id or folder', filter: 'Filter by status', sort: 'Sort', byName: 'Name', byStatus: 'Status', byChanged: 'Last change',
  noFolder: 'No folder', nobody: 'Nobody matches.', empty: 'No people are watched yet.', recent: 'Changed recently', large: 'Search among {n} people. Below: who changed recently.',
  more: 'The first {n} are shown. Refine the search to see others.', searchFailed: 'Search failed: {why}', availableOf: '{n} of {total} available',
  calls: 'Calls: {n}', lineDnd: 'Do not disturb on the line', forwarding: 'Forwarding: {kind}', lineStale: 'Line: last known, channel is down', teamsStale: 'Teams: last known, not current', outOfOffice: 'Out of office',
  acd: 'Call centre', chat: 'Chat', line: 'Line', state: 'State', callCount: 'Calls', dnd: 'Do not disturb', forward: 'Forwarding', current: 'Current', availability: 'Availability', activity: 'Activity',
  contact: 'Person', mail: 'E-mail', folder: 'Folder', id: 'Id', why: 'Why this lamp?', decides: 'Rule {n} decides: {text}.', noneDecides: 'No rule matched.', ruleN: 'rule {n}',
  inputs: 'What we know', order: 'Rules, highest first', outputs: 'What was told to others', watchers: 'Who watches, over SIP', age: '{age} old', expires: 'expires {time}', forbidden: 'Not permitted: {missing}', failed: 'No answer: {why}', nothing: 'Nothing.',
  s: { ringing: 'Ringing', held: 'On hold', do_not_disturb: 'Do not disturb', on_call: 'On a call', in_meeting: 'In a meeting', busy: 'Busy', away: 'Away', available: 'Available', offline: 'Offline', unknown: 'Unknown' },
  w: { idle: 'idle', ringing: 'ringing', active: 'in a call', held: 'held', unknown: 'unknown', none: 'none', always: 'always', busy: 'when busy', no_answer: 'when not answered', not_reachable: 'when not reachable', selective: 'selective', multiple: 'several kinds',
    telephony: 'Telephone line', line: 'Telephone line', publication: 'Publication', manual: 'Set by hand', up: 'up', opening: 'opening', down: 'down', stopped: 'stopped', degraded: 'degraded', off: 'off', pending: 'not yet permitted', terminated: 'ended',
    commpilot_express: 'CommPilot Express', anywhere: 'BroadWorks Anywhere', remote_office: 'Remote office', forwarding_always: 'Forwarding, always', forwarding_selective: 'Forwarding, selective', forwarding_busy: 'Forwarding when busy', forwarding_no_answer: 'Forwarding when not answered', forwarding_not_reachable: 'Forwarding when not reachable',
    calendars: 'Calendars', history: 'Call records', webhooks: 'Webhooks', forwarding: 'Forwarding' },
  rules: ['a call rings on the line', 'a call is held, or a transfer is being announced', 'presenting in a Teams meeting', 'do not disturb in Teams, no call on the line', 'do not disturb on the line', 'do not disturb in Teams during a call on the line', 'a call is active on the line', 'in a Teams meeting or call', 'busy in Teams', 'away in Teams', 'the line is known and idle, or Teams says available', 'Teams says offline and nothing is known of the line', 'nothing is known', 'wrapping up after a call of a queue', 'unavailable for calls of queues'],

  // Forwarding (forwards.js)
  fwdTo: 'Calls go to {to}', fwdOperator: 'by the operator', fwdCalendar: 'calendar {name}', fwdOwn: 'own setting', fwdLate: 'being changed', fwdUntil: 'until {time}',
  fwdNone: 'not forwarded', fwdUnknown: 'not known yet', fwdBaseline: 'User’s own', fwdWrite: 'Last write', fwdTrouble: 'Forwarding: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'from {from}',
  fwdForm: 'Forward calls', fwdNumber: 'To number', fwdEnd: 'Until (optional)', fwdLines: 'All lines', fwdDo: 'Forward', fwdStop: 'End forwarding', fwdDone: 'Done.', fwdPast: 'The end has passed already.',
  f: { in_force: 'in force', waiting: 'waiting', resting: 'resting', refused: 'refused', operator: 'Operator', calendar: 'Calendar', smartbusy: 'SmartBusy', ok: 'written and checked', unchecked: 'written, not checked yet' },

  // Calls (calls.js)
  callsNow: 'Calls now', callIn: 'from {who}', callOut: 'to {who}', callWithheld: 'number withheld', callUnknown: 'unknown number', callMore: 'and {n} more matches', callQueue: 'through {queue}', callDdi: 'on {ddi}',
  answer: 'Answer', hold: 'Hold', resume: 'Resume', hangup: 'Hang up', dialTitle: 'Dial', dialNumber: 'Number', dialDo: 'Dial', callDone: 'Done.',
  callHistory: 'Call history', missedCalls: 'Missed calls', callLasted: '{time} long', callRang: 'rang {time}',
  c: { ringing: 'rings', dialling: 'dialling', active: 'in a call', held: 'on hold', held_by_remote: 'held by the other side', answered: 'answered', missed: 'missed', answered_elsewhere: 'answered elsewhere', declined: 'declined', abandoned: 'left the queue', forwarded: 'forwarded', voicemail: 'voicemail', failed: 'not reached' },

  // Contacts, favourites (contacts.js, favourites.js)
  favourites: 'Favourites', teamFavourites: 'Favourites of {team}', favourite: 'Favourite', contacts: 'Contacts', phoneNumbers: 'Numbers', otherNumbers: 'Other numbers: {n}', notes: 'Notes', dialName: 'Name or number', dialChoices: 'Whom you may mean',
  callBack: 'Call back {who}, from the telephone of {phone}', callNumber: 'Call {who}, from the telephone of {phone}',
  n: { work: 'work', mobile: 'mobile', home: 'home', main: 'main number', fax: 'fax', extension: 'extension' },

  // Agents (acd.js)
  acdQueues: 'Queues', acdSince: 'Agent since', acdConflict: 'takes calls of queues although nobody should disturb', acdFollowed: 'unavailable because of a meeting or do not disturb', numbers: 'Local or international numbers',
  a: { sign_in: 'signed in', available: 'available', unavailable: 'unavailable', wrap_up: 'wrapping up', sign_out: 'signed out' },

  // The daemon's sentences, by their codes
  said: {
    comes_first: '{source} {name} comes first',
    others_called: '{count} others are called already',
    begins: 'from {at}',
    ended: 'it has ended',
    user_changed: 'the user has changed the forwarding',
    no_precedence: '{source} is not in [forwarding] precedence',
    being_written: 'it is being written',
    no_source: 'no source is configured',
    excepted: 'the person is excepted',
    no_number: 'no number to forward to is configured',
    quiet_hours: 'quiet hours',
    says_meeting: '{source} says in a meeting',
    said_meeting: '{source} said in a meeting and is silent since',
    just_ended: 'the meeting has just ended',
    no_meeting: 'in no meeting',
    login_refused: '{platform}: the login {user} is refused (401); correct username and password, then reload',
    no_channel: '{platform}: no channel to {host}: {why}',
    subscriptions_refused: '{platform}: {count} subscriptions are refused (403 or 404); they are asked for again hourly',
    network: 'no connection: {text}',
    timeout: 'no answer in time: {text}',
    protocol: 'an answer that makes no sense: {text}',
    unauthorised: 'the login is not accepted: {text}',
    forbidden: 'not permitted: {text}',
    not_found: 'not found: {text}',
    conflict: 'it had no effect: {text}',
    throttled: 'too many requests: {text}',
    unavailable: 'not available now: {text}',
    invalid: 'cannot be used: {text}',
    limit: 'a limit is reached: {text}',
    cancelled: 'broken off: {text}',
  },
};

export const DIAL = {
  title: 'Call', to: 'Number', person: 'Whose telephone (id)', token: 'Token', tokenHint: 'The token is kept in this tab only.', dial: 'Call',
  public: 'Calls {number}', internal: 'Calls extension {number}', feature: 'Feature code {number}: this changes a setting', none: 'This is no telephone number.',
  calling: 'Calling…', done: 'The telephone of {person} rings first; pick it up.', failed: 'Not called: {why}', signIn: 'A token is needed.', forbidden: 'This token may not dial for {person}.', busy: 'Too many calls; try again in {n} s.', noContact: 'No answer from Lamplighter.',
  register: 'Let this browser open telephone links (tel:) here:', registerDo: 'Use for telephone links', registered: 'The browser now asks for your consent, or has it already.', cannotRegister: 'This browser takes no telephone links for pages (it needs https).',
};
