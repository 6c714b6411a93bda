#include <guichet/intake/mail/thread.hpp>

#include <gtest/gtest.h>

namespace guichet::intake::mail {
namespace {

using Strings = std::vector<std::string>;

TEST(Threads, mails_join_by_identity_and_the_reason_is_kept) {
  Threads threads;
  const auto root = threads.add("root", {}, {});
  const auto reply = threads.add("reply", Strings{"root"}, Strings{"root"});
  const auto later = threads.add("later", {}, Strings{"root", "reply"});
  const auto other = threads.add("other", {}, {});
  EXPECT_EQ(threads.threads(), 2U);
  EXPECT_EQ(threads.thread_of(later), root);
  EXPECT_EQ(threads.thread_of(other), other);
  EXPECT_EQ(threads.parent_of(root).by, MatchedBy::nothing);
  EXPECT_EQ(threads.parent_of(reply).by, MatchedBy::in_reply_to);
  EXPECT_EQ(threads.parent_of(reply).message, root);
  EXPECT_EQ(threads.parent_of(later).by, MatchedBy::references);
  EXPECT_EQ(threads.parent_of(later).id, "reply");
}

TEST(Threads, a_mail_that_is_not_there_joins_those_that_name_it) {
  Threads threads;
  const auto one = threads.add("one", {}, Strings{"lost"});
  const auto two = threads.add("two", Strings{"lost"}, {});
  EXPECT_EQ(threads.threads(), 1U);
  EXPECT_EQ(threads.thread_of(two), one);
  EXPECT_EQ(threads.parent_of(two).id, "lost");
  EXPECT_FALSE(threads.parent_of(two).message);
  // It comes after all.
  const auto lost = threads.add("lost", {}, {});
  EXPECT_EQ(threads.parent_of(two).message, lost);
  EXPECT_EQ(threads.threads(), 1U);
}

TEST(Threads, order_does_not_matter) {
  Threads threads;
  const auto leaf = threads.add("c", Strings{"b"}, {});
  const auto middle = threads.add("b", Strings{"a"}, {});
  const auto root = threads.add("a", {}, {});
  EXPECT_EQ(threads.thread_of(root), leaf) << "named by the first that was added";
  EXPECT_EQ(threads.thread_of(middle), leaf);
  EXPECT_EQ(threads.parent_of(leaf).message, middle);
  EXPECT_EQ(threads.parent_of(middle).message, root);
}

TEST(Threads, rings_and_selves_end) {
  Threads threads;
  const auto one = threads.add("1", Strings{"2"}, {});
  const auto two = threads.add("2", Strings{"1"}, {});
  const auto self = threads.add("self", Strings{"self"}, {});
  const auto tail = threads.add("tail", Strings{"1"}, {});
  EXPECT_EQ(threads.threads(), 2U);
  EXPECT_EQ(threads.parent_of(one).by, MatchedBy::nothing);
  EXPECT_EQ(threads.parent_of(two).message, one);
  EXPECT_EQ(threads.parent_of(self).by, MatchedBy::nothing);
  EXPECT_EQ(threads.parent_of(tail).message, one);
}

TEST(Threads, mails_without_identity_stand_alone_and_doubles_join) {
  Threads threads;
  threads.add("", {}, {});
  threads.add("", {}, {});
  EXPECT_EQ(threads.threads(), 2U);
  const auto first = threads.add("same", {}, {});
  const auto second = threads.add("same", {}, {});
  EXPECT_EQ(threads.thread_of(second), first);
  EXPECT_EQ(threads.threads(), 3U);
}

TEST(Threads, long_chains_take_no_long_time) {
  Threads threads;
  constexpr int kLong = 100'000;
  for (int i = kLong; i > 0; --i)
    threads.add(std::to_string(i), i > 1 ? Strings{std::to_string(i - 1)} : Strings{}, {});
  EXPECT_EQ(threads.threads(), 1U);
  for (std::size_t i = 0; i + 1 < kLong; ++i) ASSERT_EQ(threads.parent_of(i).message, i + 1);
}

}  // namespace
}  // namespace guichet::intake::mail
