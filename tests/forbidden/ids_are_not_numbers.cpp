// A number becomes an identity only where it is written out.
// Rooms: core
// Refused: conversion from .* to non-scalar|no viable conversion
#include <guichet/core/ids.hpp>

int main() {
  guichet::CaseId first = guichet::CaseId{1};
#ifdef FORBIDDEN
  guichet::CaseId second = 2;
  first = second;
#endif
  return first ? 0 : 1;
}
