// When an account was last in contention with the house, over all its cases.
#pragma once

#include <guichet/core/command.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Over the cases of the account but this one. What cannot be read counts as never.
Contended contended_elsewhere(ledger::Reader& reader, ledger::AccountId account, CaseId case_id);

}  // namespace guichet::desk
