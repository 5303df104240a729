package dev.foretoken.batch.record;

import static dev.foretoken.contract.ConfigCheck.require;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Topics into which the writer of a request may have its answer: only those that the operator allows, since whoever may write requests could write
 * into every topic of the broker otherwise.
 */
public final class ReplyTopics {

    /** No topic but the one of all answers. */
    public static final ReplyTopics NONE = ReplyTopics.parse(List.of());

    private static final int LONGEST = 249;

    private final Set<String> names = new TreeSet<>();
    private final Set<String> prefixes = new TreeSet<>();

    private final Set<String> refused = new TreeSet<>();

    private ReplyTopics() {}

    /** @param allowed names of topics, or beginnings of names with a {@code *} behind */
    public static ReplyTopics parse(List<String> allowed) {
        ReplyTopics topics = new ReplyTopics();
        for (String one : allowed) {
            boolean isPrefix = one.endsWith("*");
            String text = isPrefix ? one.substring(0, one.length() - 1) : one;
            require(
                    isTopic(text),
                    "batch.reply-topics",
                    one,
                    "names of topics (letters, digits, dots, dashes, underscores), or their beginnings with a * behind");
            (isPrefix ? topics.prefixes : topics.names).add(text);
        }
        return topics;
    }

    /** The same, but for these: a beginning of names that is allowed may be theirs too. */
    ReplyTopics without(Set<String> others) {
        ReplyTopics fewer = new ReplyTopics();
        fewer.names.addAll(names);
        fewer.prefixes.addAll(prefixes);
        fewer.refused.addAll(refused);
        fewer.refused.addAll(others);
        return fewer;
    }

    /** Whether an answer may go there. */
    public boolean allow(String topic) {
        return isTopic(topic)
                && !refused.contains(topic)
                && (names.contains(topic) || prefixes.stream().anyMatch(topic::startsWith));
    }

    /** Whether a topic of Kafka can be called so. */
    private static boolean isTopic(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(ReplyTopics::isLegal);
    }

    private static boolean isLegal(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '.'
                || character == '-'
                || character == '_';
    }
}
