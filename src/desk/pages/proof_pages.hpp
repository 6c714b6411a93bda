// Proofs for whoever wants to keep them: the signed head of the ledger for everybody, and receipts of the steps of a
// case for both of its sides. Makes nothing itself.
#pragma once

#include <span>

#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/routes.hpp>

namespace guichet::desk {

/// "/cases/1042/receipt"
std::string receipt_address(CaseId case_id);

}  // namespace guichet::desk
