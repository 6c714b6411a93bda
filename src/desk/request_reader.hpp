// Reads one HTTP/1 request after another out of bytes as they come, and refuses what two programs could read
// differently. Knows no sockets and no time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/desk/form_sieve.hpp>
#include <guichet/desk/http.hpp>

namespace guichet::desk {

/// A body up to this is taken from anybody.
inline constexpr std::uint64_t kSmallBody = 64 * 1024;

/// Asked once the head of a request was read, before a body above kSmallBody takes any memory.
class BodyRoom {
 public:
  virtual ~BodyRoom() = default;
  /// How long the body of this request may be: who sends it decides, and whether he may do what he asks.
  virtual std::uint64_t bytes_max(const Request& head) = 0;
  /// Takes room for so many bytes; false when all bodies together would be too much.
  virtual bool take(std::uint64_t bytes) = 0;
  virtual void give_back(std::uint64_t bytes) = 0;
};

struct ReadLimits {
  std::uint32_t header_bytes_max = 32 * 1024;
  std::uint32_t target_bytes_max = 8 * 1024;
  std::uint32_t headers_max = 128;
  std::uint64_t body_bytes_max = 32ULL * 1024 * 1024;
  std::uint64_t form_bytes_max = 0;  // of a page's form above that: its words are kept, its files are left out
  BodyRoom* room = nullptr;          // null: body_bytes_max is for all, and nothing is counted together
};

class RequestReader {
 public:
  enum class Stage : std::uint8_t { head, body, complete, refused };

  explicit RequestReader(const ReadLimits& limits) : limits_(limits) {}
  ~RequestReader() { leave_room(); }
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Takes bytes of the current request and says how many; those behind its end are left to the caller.
  std::size_t feed(std::string_view bytes);
  Stage stage() const { return stage_; }
  /// Some byte of a request has come.
  bool started() const { return started_; }

  Request& request() { return request_; }
  const Request& request() const { return request_; }
  /// The other side wants the connection kept for a next request.
  bool keep_alive() const { return keep_alive_; }
  bool http_1_0() const { return http_1_0_; }
  /// The other side waits for a "100 Continue" before it sends the body. True once.
  bool take_expectation();

  /// When refused: the status to answer with, and a sentence for the other side.
  int status() const { return status_; }
  std::string_view why() const { return why_; }

  /// Ready for the next request; keeps memory for small ones.
  void reset();

 private:
  enum class Chunk : std::uint8_t { size, data, end, trailer };

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  void sift(std::string_view bytes);
  std::size_t feed_chunks(std::string_view bytes);
  std::size_t feed_line(std::string_view bytes, std::size_t bytes_max, bool& whole);
  void read_head(std::string_view head);
  bool read_request_line(std::string_view line);
  void glean(std::string_view head);
  bool read_header(std::string_view line);
  bool frame();
  void ask_for_room();
  bool find_room(std::uint64_t bytes);
  void leave_room();
  void chunk_line(std::string_view line);
  void refuse(int status, std::string_view why);

  ReadLimits limits_;
  Stage stage_ = Stage::head;
  Request request_;
  std::string partial_;    // the beginning of a head, or of a line between chunks
  std::uint64_t due_ = 0;  // bytes of the body, or of the chunk, still to come
  std::uint64_t trailer_bytes_ = 0;
  std::uint64_t body_max_ = 0;      // of this request
  std::uint64_t room_ = 0;          // taken for its body
  std::optional<FormSieve> sieve_;  // of a form that is too long to be kept as a whole
  Chunk chunk_ = Chunk::size;
  int status_ = 0;
  std::string_view why_;  // always a literal
  bool started_ = false, chunked_ = false, keep_alive_ = true, http_1_0_ = false, expects_continue_ = false;
  bool said_close_ = false, said_keep_alive_ = false, asked_ = false;
};

}  // namespace guichet::desk
