// How numbers of reports are written: for programs with a point, for people by unit and language.
#pragma once

#include <string>
#include <string_view>

#include <guichet/formats/phrases.hpp>
#include <guichet/measures/catalogue.hpp>

namespace guichet::dossier {

/// "1043655.35": at most `decimals` digits after the point, trailing zeros cut; never an exponent.
std::string plain_number(double value, int decimals = 6);

/// What a number is: a measure's numbers have its unit, except those that are counts, shares and times of
/// their own.
measures::Unit unit_of(std::string_view stat, measures::Unit of_measure);

/// "12 d 2 h", "15.7%", "3.2": for people.
std::string said(double value, measures::Unit unit, const formats::Phrases& phrases);

/// "the log does not say who acted; name the column of persons under …": what was missing for a measure.
std::string missing_in_words(measures::Needs missing, const formats::Phrases& phrases);

/// A field of CSV (RFC 4180), quoted where it must be; what a spreadsheet would take for a formula is led by an
/// apostrophe.
std::string csv_field(std::string_view words);

}  // namespace guichet::dossier
