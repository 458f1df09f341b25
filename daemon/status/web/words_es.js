// Spanish. Every language has the same keys and the same places in braces: words.js says what they are for.
export const BOARD = {
  people: '{n} personas', person: '{n} persona', known: '{n} conocidas', all: 'Todos', none: 'ninguno', yes: 'sí', no: 'no',
  live: 'En directo', connecting: 'Conectando…', loading: 'Cargando…', syncing: 'Actualizando…', lost: 'Sin directo', signin: 'Acceso',
  oldSince: 'Sin directo: esta imagen es de las {time}.', catchingUp: 'Conectado de nuevo, actualizando. Esta imagen es de las {time}.',
  noContact: 'Lamplighter aún no responde. Nuevo intento…', loadFailed: 'La carga falló ({why}). Nuevo intento…',
  signInTitle: 'Acceso', signInText: 'Este panel pide un token. Solo queda en esta pestaña.', signInWrong: 'Este token no fue aceptado.',
  signInMissing: 'Este token no permite ver el panel. Permiso que falta: {missing}.', token: 'Token', signIn: 'Mostrar el panel', signOut: 'Salir',
  theme: 'Claro u oscuro', wall: 'Pantalla mural (Escape para salir)', folds: 'Cerrar o abrir todas las carpetas', close: 'Cerrar', alarms: 'Alarmas',
  systems: 'Sistemas', channel: 'Canal', adapter: 'Adaptador', since: 'desde {time}', reason: 'Motivo', lastEvent: 'Último evento', lastHeartbeat: 'Último latido',
  queue: 'Cola', lastSuccess: 'Último éxito', lastError: 'Último error', subscriptions: 'Suscripciones', wanted: 'Deseadas', liveCount: 'Activas', pending: 'Pendientes',
  refused: 'Rechazadas', version: 'Versión', started: 'Iniciado', rates: '{n} eventos/s · {gaps} huecos', firstState: 'Primeros estados: {n} de {total}', systemsOld: 'Estado desconocido: sin respuesta',
  search: 'Buscar personas', searchHint: 'Nombre, id o carpeta', filter: 'Filtrar por estado', sort: 'Orden', byName: 'Nombre', byStatus: 'Estado', byChanged: 'Último cambio',
  noFolder: 'Sin carpeta', nobody: 'Nadie coincide.', empty: 'Todavía no se sigue a nadie.', recent: 'Cambios recientes', large: 'Busque entre {n} personas. Abajo: quién cambió hace poco.',
  more: 'Se muestran las primeras {n}. Precise la búsqueda para ver otras.', searchFailed: 'La búsqueda falló: {why}', availableOf: '{n} de {total} disponibles',
  calls: 'Llamadas: {n}', lineDnd: 'No molestar en la línea', forwarding: 'Desvío: {kind}', lineStale: 'Línea: último estado conocido, canal caído', teamsStale: 'Teams: último estado conocido, no actual', outOfOffice: 'Fuera de la oficina',
  acd: 'Centro de llamadas', chat: 'Chat', line: 'Línea', state: 'Estado', callCount: 'Llamadas', dnd: 'No molestar', forward: 'Desvío', current: 'Actual', availability: 'Disponibilidad', activity: 'Actividad',
  contact: 'Persona', mail: 'Correo', folder: 'Carpeta', id: 'Id', why: '¿Por qué esta luz?', decides: 'Decide la regla {n}: {text}.', noneDecides: 'Ninguna regla coincide.', ruleN: 'regla {n}',
  inputs: 'Lo que sabemos', order: 'Reglas, la más alta primero', outputs: 'Lo que se comunicó', watchers: 'Quién observa, por SIP', age: 'edad {age}', expires: 'caduca {time}', forbidden: 'No permitido: {missing}', failed: 'Sin respuesta: {why}', nothing: 'Nada.',
  s: { ringing: 'Sonando', held: 'En espera', do_not_disturb: 'No molestar', on_call: 'En llamada', in_meeting: 'En reunión', busy: 'Ocupado', away: 'Ausente', available: 'Disponible', offline: 'Sin conexión', unknown: 'Desconocido' },
  w: { idle: 'libre', ringing: 'sonando', active: 'en llamada', held: 'en espera', unknown: 'desconocido', none: 'ninguno', always: 'siempre', busy: 'si ocupado', no_answer: 'sin respuesta', not_reachable: 'si no localizable', selective: 'selectivo', multiple: 'varios',
    telephony: 'Línea telefónica', line: 'Línea telefónica', publication: 'Publicación', manual: 'A mano', up: 'activo', opening: 'abriendo', down: 'caído', stopped: 'parado', degraded: 'degradado', off: 'apagado', pending: 'aún no permitido', terminated: 'terminado',
    commpilot_express: 'CommPilot Express', anywhere: 'BroadWorks Anywhere', remote_office: 'Oficina remota', forwarding_always: 'Desvío permanente', forwarding_selective: 'Desvío selectivo', forwarding_busy: 'Desvío si ocupado', forwarding_no_answer: 'Desvío sin respuesta', forwarding_not_reachable: 'Desvío si no localizable',
    calendars: 'Agendas', history: 'Registro de llamadas', webhooks: 'Webhooks', forwarding: 'Desvío' },
  rules: ['suena una llamada en la línea', 'una llamada está en espera o se anuncia una transferencia', 'presenta en una reunión de Teams', 'no molestar en Teams, sin llamada en la línea', 'no molestar en la línea', 'no molestar en Teams durante una llamada', 'hay una llamada en la línea', 'en reunión o llamada de Teams', 'ocupado en Teams', 'ausente en Teams', 'la línea es conocida y está libre, o Teams dice disponible', 'Teams dice sin conexión y nada se sabe de la línea', 'no se sabe nada', 'trabajo posterior a una llamada de cola', 'no disponible para las colas'],

  // Forwarding (forwards.js)
  fwdTo: 'Las llamadas van al {to}', fwdOperator: 'por el operador', fwdCalendar: 'agenda {name}', fwdOwn: 'ajuste propio', fwdLate: 'se está cambiando', fwdUntil: 'hasta {time}',
  fwdNone: 'sin desvío', fwdUnknown: 'aún no se sabe', fwdBaseline: 'Del usuario', fwdWrite: 'Última escritura', fwdTrouble: 'Desvío: {why}', fwdSpan: '{from} – {until}', fwdOpen: 'desde {from}',
  fwdForm: 'Desviar llamadas', fwdNumber: 'Al número', fwdEnd: 'Hasta (opcional)', fwdLines: 'Todas las líneas', fwdDo: 'Desviar', fwdStop: 'Terminar el desvío', fwdDone: 'Hecho.', fwdPast: 'Ese final ya ha pasado.',
  f: { in_force: 'en vigor', waiting: 'en espera', resting: 'en reposo', refused: 'rechazado', operator: 'Operador', calendar: 'Agenda', smartbusy: 'SmartBusy', ok: 'escrito y comprobado', unchecked: 'escrito, sin comprobar aún' },

  // Calls (calls.js)
  callsNow: 'Llamadas ahora', callIn: 'de {who}', callOut: 'a {who}', callWithheld: 'número oculto', callUnknown: 'número desconocido', callMore: 'y {n} coincidencias más', callQueue: 'por {queue}', callDdi: 'al {ddi}',
  answer: 'Contestar', hold: 'Retener', resume: 'Recuperar', hangup: 'Colgar', dialTitle: 'Llamar', dialNumber: 'Número', dialDo: 'Llamar', callDone: 'Hecho.',
  callHistory: 'Historial de llamadas', missedCalls: 'Llamadas perdidas', callLasted: 'duró {time}', callRang: 'sonó {time}',
  c: { ringing: 'suena', dialling: 'marcando', active: 'en llamada', held: 'en espera', held_by_remote: 'retenida por el otro', answered: 'contestada', missed: 'perdida', answered_elsewhere: 'contestada en otro sitio', declined: 'rechazada', abandoned: 'dejó la cola', forwarded: 'desviada', voicemail: 'buzón de voz', failed: 'sin conseguir' },

  // Contacts, favourites (contacts.js, favourites.js)
  favourites: 'Favoritos', teamFavourites: 'Favoritos de {team}', favourite: 'Favorito', contacts: 'Contactos', phoneNumbers: 'Números', otherNumbers: 'Otros números: {n}', notes: 'Notas', dialName: 'Nombre o número', dialChoices: 'A quién puede referirse',
  callBack: 'Devolver la llamada a {who}, con el teléfono de {phone}', callNumber: 'Llamar a {who}, con el teléfono de {phone}',
  n: { work: 'trabajo', mobile: 'móvil', home: 'casa', main: 'centralita', fax: 'fax', extension: 'extensión' },

  // Agents (acd.js)
  acdQueues: 'Colas', acdSince: 'Agente desde', acdConflict: 'recibe llamadas de colas aunque nadie debe molestar', acdFollowed: 'no disponible por una reunión o no molestar', numbers: 'Números locales o internacionales',
  a: { sign_in: 'conectado', available: 'disponible', unavailable: 'no disponible', wrap_up: 'tareas posteriores', sign_out: 'desconectado' },

  // The daemon's sentences, by their codes
  said: {
    comes_first: '{source} {name} va primero',
    others_called: 'ya se llama a otros {count}',
    begins: 'desde {at}',
    ended: 'ha terminado',
    user_changed: 'el usuario ha cambiado el desvío',
    no_precedence: '{source} no está en [forwarding] precedence',
    being_written: 'se está escribiendo',
    no_source: 'no hay ninguna fuente configurada',
    excepted: 'esta persona está exceptuada',
    no_number: 'no hay número de desvío configurado',
    quiet_hours: 'horas de silencio',
    says_meeting: '{source} dice en reunión',
    said_meeting: '{source} dijo en reunión y calla desde entonces',
    just_ended: 'la reunión acaba de terminar',
    no_meeting: 'sin reunión',
    login_refused: '{platform}: se rechaza el acceso {user} (401); corrija usuario y contraseña y recargue',
    no_channel: '{platform}: sin canal hacia {host}: {why}',
    subscriptions_refused: '{platform}: se rechazan {count} suscripciones (403 o 404); se piden de nuevo cada hora',
    network: 'sin conexión: {text}',
    timeout: 'sin respuesta a tiempo: {text}',
    protocol: 'una respuesta incomprensible: {text}',
    unauthorised: 'no se acepta el acceso: {text}',
    forbidden: 'no permitido: {text}',
    not_found: 'no encontrado: {text}',
    conflict: 'no tuvo efecto: {text}',
    throttled: 'demasiadas peticiones: {text}',
    unavailable: 'no disponible ahora: {text}',
    invalid: 'no se puede usar: {text}',
    limit: 'se alcanzó un límite: {text}',
    cancelled: 'interrumpido: {text}',
  },
};

export const DIAL = {
  title: 'Llamar', to: 'Número', person: 'Teléfono de (id)', token: 'Token', tokenHint: 'El token queda solo en esta pestaña.', dial: 'Llamar',
  public: 'Llama al {number}', internal: 'Llama a la extensión {number}', feature: 'Código de función {number}: cambia un ajuste', none: 'No es un número de teléfono.',
  calling: 'Llamando…', done: 'Primero suena el teléfono de {person}; descuelgue.', failed: 'Sin llamar: {why}', signIn: 'Hace falta un token.', forbidden: 'Este token no puede llamar por {person}.', busy: 'Demasiadas llamadas; pruebe en {n} s.', noContact: 'Lamplighter no responde.',
  register: 'Abrir aquí los enlaces telefónicos (tel:) de este navegador:', registerDo: 'Usar para enlaces telefónicos', registered: 'El navegador pide su permiso, o ya lo tiene.', cannotRegister: 'Este navegador no abre enlaces telefónicos en páginas (hace falta https).',
};
