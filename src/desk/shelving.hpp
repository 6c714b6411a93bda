// How a ledger's shelf reads procedures and words: the seam through which it learns what only the desk understands.
#pragma once

#include <guichet/desk/procedures.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// `procedures` outlives the ledger. It may be empty while the ledger is opened; it is asked when rows are made.
ledger::Shelving shelving(const Procedures& procedures);

}  // namespace guichet::desk
