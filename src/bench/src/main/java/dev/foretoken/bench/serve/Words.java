package dev.foretoken.bench.serve;

import java.util.List;
import java.util.random.RandomGenerator;

/** Prompts as text: common short words, most of which are one token in any English vocabulary. */
public final class Words {
    private static final List<String> COMMON = List.of(
            "the", "of", "and", "to", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with",
            "his", "they", "at", "be", "this", "have", "from", "or", "one", "had", "by", "word", "but", "not", "what",
            "all", "were", "we", "when", "your", "can", "said", "there", "use", "an", "each", "which", "she", "do",
            "how", "their", "if", "will", "up", "other", "about", "out", "many", "then", "them", "these", "so", "some",
            "her", "would", "make", "like", "him", "into", "time", "has", "look", "two", "more");

    private Words() {}

    public static String sentence(int words, RandomGenerator random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(COMMON.get(random.nextInt(COMMON.size())));
        }
        return text.toString();
    }
}
