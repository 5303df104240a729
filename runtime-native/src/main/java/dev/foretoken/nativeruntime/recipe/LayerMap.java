package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which block's cache each block reads, in the syntax of Wu 2024: {@code 0_0_2s_2s}, with an {@code s} where only a window is seen, and a
 * {@code -} where a block has no attention.
 *
 * @param entries one per block
 */
record LayerMap(List<Entry> entries) {

    private static final Pattern ENTRY = Pattern.compile("([0-9]{1,4})(s?)|-");
    private static final int MAX_ENTRIES = 4096;

    /** {@code source}: a block's number, or {@link #NONE}. */
    record Entry(int source, boolean windowed) {}

    static final int NONE = -1;

    LayerMap {
        entries = List.copyOf(entries);
    }

    static LayerMap read(String key, RecipeFields fields) {
        String text = fields.text(key);
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split("_", MAX_ENTRIES + 1)) {
            Matcher matcher = ENTRY.matcher(part);
            if (!matcher.matches() || entries.size() == MAX_ENTRIES) {
                throw fields.wrong(
                        key,
                        text,
                        "block numbers joined by _, such as 0_0_2_2s: s for a window, - for a block without attention");
            }
            entries.add(
                    part.equals("-")
                            ? new Entry(NONE, false)
                            : new Entry(Integer.parseInt(matcher.group(1)), part.endsWith("s")));
        }
        return new LayerMap(entries);
    }

    boolean hasWindows() {
        return entries.stream().anyMatch(Entry::windowed);
    }

    int size() {
        return entries.size();
    }

    int source(int block) {
        return entries.get(block).source();
    }
}
