#include <guichet/base/sha256_rounds.hpp>

#include <bit>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace guichet {
namespace {

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
constexpr std::array<std::uint32_t, 64> kRounds{
    0x428a'2f98U, 0x7137'4491U, 0xb5c0'fbcfU, 0xe9b5'dba5U, 0x3956'c25bU, 0x59f1'11f1U, 0x923f'82a4U, 0xab1c'5ed5U,
    0xd807'aa98U, 0x1283'5b01U, 0x2431'85beU, 0x550c'7dc3U, 0x72be'5d74U, 0x80de'b1feU, 0x9bdc'06a7U, 0xc19b'f174U,
    0xe49b'69c1U, 0xefbe'4786U, 0x0fc1'9dc6U, 0x240c'a1ccU, 0x2de9'2c6fU, 0x4a74'84aaU, 0x5cb0'a9dcU, 0x76f9'88daU,
    0x983e'5152U, 0xa831'c66dU, 0xb003'27c8U, 0xbf59'7fc7U, 0xc6e0'0bf3U, 0xd5a7'9147U, 0x06ca'6351U, 0x1429'2967U,
    0x27b7'0a85U, 0x2e1b'2138U, 0x4d2c'6dfcU, 0x5338'0d13U, 0x650a'7354U, 0x766a'0abbU, 0x81c2'c92eU, 0x9272'2c85U,
    0xa2bf'e8a1U, 0xa81a'664bU, 0xc24b'8b70U, 0xc76c'51a3U, 0xd192'e819U, 0xd699'0624U, 0xf40e'3585U, 0x106a'a070U,
    0x19a4'c116U, 0x1e37'6c08U, 0x2748'774cU, 0x34b0'bcb5U, 0x391c'0cb3U, 0x4ed8'aa4aU, 0x5b9c'ca4fU, 0x682e'6ff3U,
    0x748f'82eeU, 0x78a5'636fU, 0x84c8'7814U, 0x8cc7'0208U, 0x90be'fffaU, 0xa450'6cebU, 0xbef9'a3f7U, 0xc671'78f2U};

std::uint32_t word_at(const std::byte* bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return word;
}

#if defined(__x86_64__)

bool has_instructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
  const bool shuffles = (c & bit_SSSE3) != 0 && (c & bit_SSE4_1) != 0;
  return shuffles && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
}

/// The processor wants the state as the words f, e, b, a and h, g, d, c, and does two rounds at once.
[[gnu::target("sha,sse4.1")]] void rounds_by_instructions(Sha256State& state, const std::byte* block) {
  auto* words = reinterpret_cast<__m128i*>(state.data());
  const auto* bytes = reinterpret_cast<const __m128i*>(block);
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
  const __m128i feba_before = _mm_alignr_epi8(cdab, efgh, 8);
  const __m128i hgdc_before = _mm_blend_epi16(efgh, cdab, 0xF0);
  __m128i feba = feba_before, hgdc = hgdc_before;
  __m128i w0 = _mm_shuffle_epi8(_mm_loadu_si128(bytes), big_endian);
  __m128i w1 = _mm_shuffle_epi8(_mm_loadu_si128(bytes + 1), big_endian);
  __m128i w2 = _mm_shuffle_epi8(_mm_loadu_si128(bytes + 2), big_endian);
  __m128i w3 = _mm_shuffle_epi8(_mm_loadu_si128(bytes + 3), big_endian);
  for (std::size_t i = 0; i < kRounds.size(); i += 4) {
    const __m128i added = _mm_add_epi32(w0, _mm_loadu_si128(reinterpret_cast<const __m128i*>(&kRounds[i])));
    hgdc = _mm_sha256rnds2_epu32(hgdc, feba, added);
    feba = _mm_sha256rnds2_epu32(feba, hgdc, _mm_shuffle_epi32(added, 0x0E));
    // The four words that come after these sixteen.
    const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
    w0 = w1;
    w1 = w2;
    w2 = w3;
    w3 = _mm_sha256msg2_epu32(sum, w2);
  }
  feba = _mm_shuffle_epi32(_mm_add_epi32(feba, feba_before), 0x1B);
  hgdc = _mm_shuffle_epi32(_mm_add_epi32(hgdc, hgdc_before), 0xB1);
  _mm_storeu_si128(words, _mm_blend_epi16(feba, hgdc, 0xF0));
  _mm_storeu_si128(words + 1, _mm_alignr_epi8(hgdc, feba, 8));
}

#endif

}  // namespace

void plain_rounds(Sha256State& state, const std::byte* block) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t i = 0; i < 16; ++i) w[i] = word_at(block + 4 * i);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRounds[i] + w[i];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

Sha256Rounds rounds_of_this_machine() {
#if defined(__x86_64__)
  if (has_instructions()) return rounds_by_instructions;
#endif
  return nullptr;
}

}  // namespace guichet
