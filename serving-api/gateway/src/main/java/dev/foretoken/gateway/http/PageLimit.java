package dev.foretoken.gateway.http;

import dev.foretoken.contract.ForetokenException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many of a list are asked for. One more is looked up, which says whether there are further ones.
 *
 * @param most at least 1
 */
record PageLimit(int most) {

    /** @throws ForetokenException INVALID_REQUEST */
    static PageLimit read(@Nullable String sent, int fallback, int most) {
        if (sent == null) {
            return new PageLimit(fallback);
        }
        if (!sent.matches("[0-9]{1,6}") || Integer.parseInt(sent) < 1 || Integer.parseInt(sent) > most) {
            throw ForetokenException.invalid("limit", "limit must be a number from 1 to " + most);
        }
        return new PageLimit(Integer.parseInt(sent));
    }

    int andOne() {
        return most + 1;
    }

    <T> List<T> of(List<T> found) {
        return found.size() > most ? found.subList(0, most) : found;
    }

    <T> boolean isMore(List<T> found) {
        return found.size() > most;
    }
}
