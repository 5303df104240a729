package dev.foretoken.gateway.text;

import java.util.Arrays;
import java.util.Optional;

/** A text, or two that belong together, as an encoder takes it. */
public final class TextEncoding {

    private final int[] ids;
    private final int[] types;
    private final boolean[] added;

    /**
     * @param types which of the texts each token is of, as the checkpoint numbers them
     * @param added the tokens that are of no text: the tokenizer has put them before, between and behind
     */
    TextEncoding(int[] ids, int[] types, boolean[] added) {
        this.ids = ids;
        this.types = types;
        this.added = added;
    }

    /** Token ids of a caller's own, which are taken as they are. */
    public static TextEncoding of(int[] ids) {
        return new TextEncoding(ids.clone(), new int[ids.length], new boolean[ids.length]);
    }

    public int size() {
        return ids.length;
    }

    public int id(int position) {
        return ids[position];
    }

    public int type(int position) {
        return types[position];
    }

    /**
     * At most so many tokens: the last text loses its end, what the tokenizer has put behind it stays. Empty when nothing of that text would be
     * left.
     */
    public Optional<TextEncoding> truncated(int most) {
        int excess = size() - most;
        if (excess <= 0) {
            return Optional.of(this);
        }
        int end = size();
        while (end > 0 && added[end - 1]) {
            end--;
        }
        int start = end;
        while (start > 0 && !added[start - 1]) {
            start--;
        }
        if (excess >= end - start) {
            return Optional.empty();
        }
        int[] newIds = Arrays.copyOf(ids, most);
        int[] newTypes = Arrays.copyOf(types, most);
        boolean[] newAdded = Arrays.copyOf(added, most);
        int behind = size() - end;
        System.arraycopy(ids, end, newIds, most - behind, behind);
        System.arraycopy(types, end, newTypes, most - behind, behind);
        Arrays.fill(newAdded, most - behind, most, true);
        return Optional.of(new TextEncoding(newIds, newTypes, newAdded));
    }
}
