#include <guichet/rehearsal/results.hpp>

namespace guichet::rehearsal {
namespace {

using measures::Unit;

constexpr std::array<QuantityText, kQuantities> kTexts{{
    {"waited_share", Unit::share},
    {"abandoned_share", Unit::share},
    {"blocked_share", Unit::share},
    {"queue_wait", Unit::seconds},
    {"queue_wait_if_waited", Unit::seconds},
    {"queue_length", Unit::count},
    {"in_desk", Unit::count},
    {"busy_agents", Unit::count},
    {"all_busy_share", Unit::share},
    {"occupancy", Unit::share},
    {"open_cases", Unit::count},
    {"resolved_share", Unit::share},
    {"refused_share", Unit::share},
    {"closed_by_silence_share", Unit::share},
    {"closed_alone_share", Unit::share},
    {"restarted_share", Unit::share},
    {"escalated_share", Unit::share},
    {"appealed_share", Unit::share},
    {"messages", Unit::count},
    {"agents", Unit::count},
    {"visits", Unit::count},
    {"elapsed_days", Unit::count},
    {"desk_hours", Unit::count},
    {"seller_hours", Unit::count},
    {"paid", Unit::cents},
    {"given_up", Unit::cents},
    {"attrition_saving", Unit::count},
    {"attrition_saving_share", Unit::share},
    {"missed_promises", Unit::count},
}};

}  // namespace

const QuantityText& text_of(Quantity quantity) { return kTexts[static_cast<std::size_t>(quantity)]; }

}  // namespace guichet::rehearsal
