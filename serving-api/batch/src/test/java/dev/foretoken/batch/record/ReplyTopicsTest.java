package dev.foretoken.batch.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTopicsTest {

    @Test
    void namesAreWholeAndPrefixesAreBeginnings() {
        ReplyTopics topics = ReplyTopics.parse(List.of("answers", "team-*"));
        assertThat(topics.allow("answers")).isTrue();
        assertThat(topics.allow("answers-2")).isFalse();
        assertThat(topics.allow("team-2")).isTrue();
        assertThat(topics.allow("team")).isFalse();
        assertThat(topics.allow("team-" + "x".repeat(245))).isFalse();
    }

    /** A star alone would open every topic of the broker, those of its own books too. */
    @ParameterizedTest
    @ValueSource(strings = {"", "*", "..", "a b", "a*b", "ä", "-**"})
    void whatIsNoTopicCannotBeAllowed(String name) {
        assertThatThrownBy(() -> ReplyTopics.parse(List.of(name))).hasMessageContaining("batch.reply-topics=" + name);
    }
}
