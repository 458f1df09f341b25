// JSON Schemas of the answers (interface 5 and 7.9), for the OpenAPI description. Data only.
#pragma once
#include <string_view>

namespace lamp::status {

inline constexpr std::string_view component_schemas = R"json({
"Time":{"type":"string","format":"date-time"},
"MaybeTime":{"type":["string","null"],"format":"date-time"},
"Count":{"type":"integer","minimum":0},
"Status":{"type":"object","required":["version","started","listen","people","channels","subscriptions","adapters","watchers","events","first_state","problems"],"properties":{
 "version":{"type":"string"},"started":{"$ref":"#/components/schemas/Time"},"listen":{"type":"array","items":{"type":"string"}},
 "people":{"type":"object","properties":{"total":{"$ref":"#/components/schemas/Count"},"known":{"$ref":"#/components/schemas/Count"},"by_status":{"type":"object","additionalProperties":{"$ref":"#/components/schemas/Count"}}}},
 "channels":{"type":"array","items":{"type":"object","properties":{"platform":{"type":"string"},"host":{"type":"string"},"state":{"enum":["up","opening","down","stopped"]},"since":{"$ref":"#/components/schemas/MaybeTime"},"channel_id":{"type":["string","null"]},"last_event":{"$ref":"#/components/schemas/MaybeTime"},"last_heartbeat":{"$ref":"#/components/schemas/MaybeTime"},"reason":{"type":["string","null"]}}}},
 "subscriptions":{"type":"object","properties":{"wanted":{"$ref":"#/components/schemas/Count"},"live":{"$ref":"#/components/schemas/Count"},"pending":{"$ref":"#/components/schemas/Count"},"refused":{"$ref":"#/components/schemas/Count"},"platforms":{"type":"array","items":{"type":"object","required":["name"]}}}},
 "adapters":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},"state":{"type":"string"},"queue":{"$ref":"#/components/schemas/Count"},"last_success":{"$ref":"#/components/schemas/MaybeTime"},"last_error":{"type":["string","null"]}}}},
 "watchers":{"type":"array","items":{"type":"object","required":["package","state","count"],"properties":{"package":{"type":"string"},"state":{"enum":["pending","active","terminated"]},"count":{"$ref":"#/components/schemas/Count"}}}},
 "events":{"type":"object","properties":{"per_second":{"type":"number"},"total":{"$ref":"#/components/schemas/Count"},"gaps":{"$ref":"#/components/schemas/Count"}}},
 "first_state":{"$ref":"#/components/schemas/Known"},"problems":{"type":"array","items":{"type":"string"}}}},
"Known":{"type":"object","properties":{"known":{"$ref":"#/components/schemas/Count"},"total":{"$ref":"#/components/schemas/Count"}}},
"Ready":{"type":"object","required":["ready","missing"],"properties":{"ready":{"type":"boolean"},"missing":{"type":"array","items":{"type":"string"}},"first_state":{"$ref":"#/components/schemas/Known"}}},
"Presence":{"type":"object","required":["id","name","email","folder","status","colour","blinking","rule","since","version","line","teams","acd","chat"],"properties":{
 "id":{"type":"string"},"name":{"type":"string"},"email":{"type":"string"},"folder":{"type":"string"},
 "status":{"enum":["unknown","offline","available","away","busy","in_meeting","on_call","do_not_disturb","held","ringing"]},
 "colour":{"enum":["red","amber","green","grey","dnd"]},"blinking":{"type":"boolean"},"rule":{"type":"integer","minimum":1},
 "since":{"$ref":"#/components/schemas/Time"},"version":{"$ref":"#/components/schemas/Count"},
 "line":{"type":"object","required":["state","calls","dnd","forwarding","stale"],"properties":{"state":{"enum":["idle","ringing","active","held","unknown"]},"calls":{"$ref":"#/components/schemas/Count"},"dnd":{"type":"boolean"},"forwarding":{"enum":["none","always","busy","no_answer","not_reachable","selective","multiple"]},"stale":{"type":"boolean"}}},
 "teams":{"type":["object","null"],"required":["availability","activity","out_of_office","stale"],"properties":{"availability":{"type":"string"},"activity":{"type":"string"},"out_of_office":{"type":"boolean"},"stale":{"type":"boolean"}}},
 "acd":{"type":["object","null"],"properties":{"state":{"type":"string"}}},
 "chat":{"type":["string","null"],"format":"uri"}}},
"PresencePage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Presence"}},"next":{"type":["string","null"]}}},
"Why":{"type":"object","required":["inputs","rules","outputs","forwarding","watchers"],"properties":{"presence":{"$ref":"#/components/schemas/Presence"},
 "inputs":{"type":"array","items":{"type":"object","required":["source","value","at","age_s","expires"],"properties":{"source":{"type":"string"},"value":{"type":"string"},"at":{"$ref":"#/components/schemas/MaybeTime"},"age_s":{"type":["number","null"]},"expires":{"$ref":"#/components/schemas/MaybeTime"}}}},
 "rules":{"type":"array","items":{"type":"object","required":["rule","matched"],"properties":{"rule":{"type":"integer"},"matched":{"type":"boolean"},"status":{"type":"string"},"text":{"type":"string"},"built_in":{"type":"boolean"}}}},
 "outputs":{"type":"array","items":{"type":"object","required":["adapter","value","at","result"],"properties":{"adapter":{"type":"string"},"value":{"type":"string"},"at":{"$ref":"#/components/schemas/MaybeTime"},"result":{"type":"string"}}}},
 "forwarding":{"$ref":"#/components/schemas/Forwarding"},
 "watchers":{"type":"array","items":{"$ref":"#/components/schemas/Watcher"}}}},
"Forwarding":{"type":"object","required":["id","lines","smartbusy"],"properties":{"id":{"type":"string"},"lines":{"type":"array","items":{"$ref":"#/components/schemas/ForwardedLine"}},"smartbusy":{"type":["string","null"]}}},
"ForwardedLine":{"type":"object","required":["line","baseline","claims","actual","last_write","trouble"],"properties":{"line":{"type":"string"},"baseline":{"$ref":"#/components/schemas/MaybeForwarded"},
 "claims":{"type":"array","items":{"type":"object","required":["source","name","to","from","until","state","reason"],"properties":{"source":{"enum":["operator","calendar","smartbusy"]},"name":{"type":"string"},"to":{"type":"string"},"from":{"$ref":"#/components/schemas/Time"},"until":{"$ref":"#/components/schemas/MaybeTime"},"state":{"enum":["in_force","waiting","resting","refused"]},"reason":{"type":["string","null"]}}}},
 "actual":{"$ref":"#/components/schemas/MaybeForwarded"},"last_write":{"type":["object","null"],"required":["at","result"],"properties":{"at":{"$ref":"#/components/schemas/Time"},"result":{"type":"string"}}},"trouble":{"type":["string","null"]}}},
"MaybeForwarded":{"type":["object","null"],"required":["active","to"],"properties":{"active":{"type":"boolean"},"to":{"type":["string","null"]}}},
"ForwardingPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Forwarding"}},"next":{"type":["string","null"]}}},
"Forward":{"type":"object","required":["to"],"additionalProperties":false,"properties":{"to":{"type":["string","null"]},"line":{"type":["string","null"]},"from":{"$ref":"#/components/schemas/MaybeTime"},"until":{"$ref":"#/components/schemas/MaybeTime"},"for":{"type":["string","null"]}}},
"CalendarPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object","required":["name","provider","lines","state","last_success","last_error","appointments"],"properties":{"name":{"type":"string"},"provider":{"enum":["google","graph","caldav","ics"]},"lines":{"type":"array","items":{"type":"string"}},"state":{"enum":["up","opening","degraded","down"]},"last_success":{"$ref":"#/components/schemas/MaybeTime"},"last_error":{"type":["string","null"]},"appointments":{"$ref":"#/components/schemas/Count"}}}},"next":{"type":["string","null"]}}},
"PlanPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object","required":["calendar","line","title","from","until","to","state","reason"],"properties":{"calendar":{"type":"string"},"line":{"type":"string"},"title":{"type":"string"},"from":{"$ref":"#/components/schemas/Time"},"until":{"$ref":"#/components/schemas/Time"},"to":{"type":["string","null"]},"state":{"enum":["diverts","diverting","ignored","refused","conflict"]},"reason":{"type":["string","null"]}}}},"next":{"type":["string","null"]}}},
"AuditPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object","required":["at","line","what","who","text"],"properties":{"at":{"$ref":"#/components/schemas/Time"},"line":{"type":"string"},"what":{"type":"string"},"who":{"type":["string","null"]},"text":{"type":"string"}}}},"next":{"type":["string","null"]}}},
"Watcher":{"type":"object","required":["watcher","resource","person","package","from","state","since","expires","last_notify","last_answer","why_ended"],"properties":{"watcher":{"type":"string"},"resource":{"type":"string"},"person":{"type":["string","null"]},"package":{"type":"string"},"from":{"type":"string"},"state":{"enum":["pending","active","terminated"]},"since":{"$ref":"#/components/schemas/Time"},"expires":{"$ref":"#/components/schemas/MaybeTime"},"last_notify":{"$ref":"#/components/schemas/MaybeTime"},"last_answer":{"type":["string","null"]},"why_ended":{"type":["string","null"]}}},
"WatcherPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Watcher"}},"next":{"type":["string","null"]}}},
"Call":{"type":"object","required":["id","person","line","direction","remote","started","state"],"properties":{"id":{"type":"string"},"person":{"type":"string"},"line":{"type":"string"},"direction":{"enum":["in","out"]},"remote":{"type":"object","properties":{"number":{"type":["string","null"]},"name":{"type":["string","null"]}}},"started":{"$ref":"#/components/schemas/MaybeTime"},"answered":{"$ref":"#/components/schemas/MaybeTime"},"state":{"type":"string"},"ddi":{"type":["string","null"]},"queue":{"type":["string","null"]}}},
"CallPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Call"}},"next":{"type":["string","null"]}}},
"DoubtPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object","required":["person","name","adapter","kind","text"],"properties":{"person":{"type":"string"},"name":{"type":"string"},"adapter":{"type":"string"},"kind":{"enum":["unmatched","ambiguous","doubled"]},"text":{"type":"string"}}}},"next":{"type":["string","null"]}}},
"CallId":{"type":"object","required":["call"],"properties":{"call":{"type":"string"}}},
"Dial":{"type":"object","required":["person","to"],"properties":{"person":{"type":"string"},"to":{"type":"string"}}},
"Transfer":{"type":"object","required":["to"],"properties":{"to":{"type":"string"}}},
"MeetingTold":{"type":"object","required":["person","meeting"],"additionalProperties":false,"properties":{"person":{"type":"string"},"meeting":{"type":"boolean"},"at":{"$ref":"#/components/schemas/MaybeTime"},"expires_in":{"type":["string","number","null"],"default":"10m"}}},
"MeetingsTold":{"oneOf":[{"$ref":"#/components/schemas/MeetingTold"},{"type":"array","maxItems":1000,"items":{"$ref":"#/components/schemas/MeetingTold"}}]},
"WhoAmI":{"type":"object","required":["token","role","permissions"],"properties":{"token":{"type":["string","null"]},"role":{"type":"string"},"permissions":{"type":"array","items":{"type":"string"}}}},
"Reload":{"type":"object","required":["applied","needs_restart","problems"],"properties":{"applied":{"type":"array","items":{"type":"string"}},"needs_restart":{"type":"array","items":{"type":"string"}},"problems":{"type":"array","items":{"$ref":"#/components/schemas/Mistake"}}}},
"Mistake":{"type":"object","required":["file","line","column","section","key","message"],"properties":{"file":{"type":"string"},"line":{"type":"integer"},"column":{"type":"integer"},"section":{"type":"string"},"key":{"type":"string"},"message":{"type":"string"},"severity":{"enum":["error","warning"]}}},
"Problem":{"type":"object","required":["title","status","detail"],"properties":{"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},"missing":{"type":"string"},"problems":{"type":"array","items":{"$ref":"#/components/schemas/Mistake"}}}}
})json";

} // namespace lamp::status
