#include "calls/private_calls.hpp"

namespace lamp::calls {
namespace {

void hide(Call& call) {
    call.withheld = true;
    call.remote_number.clear();
    call.remote_name.clear();
    call.remote_user.clear();
}

} // namespace

void hide_other_side(CallRecord& record) {
    record.remote_number.clear();
    record.remote_name.clear();
    record.remote_user.clear();
    record.moved_to.clear();
}

void hide_other_side(CallEvent& event) {
    hide_other_side(event.call);
    event.matches.clear();
    event.actions.clear();
}

void hide_other_side(LineNews& news) {
    for (Call& call : news.calls)
        hide(call);
    for (EndedCall& ended : news.ended) {
        hide(ended.call);
        ended.to.clear();
    }
}

} // namespace lamp::calls
