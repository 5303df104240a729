package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.Locale;

/** What the folder refused, in our words. Its own words may name files: they stay in the cause. */
final class StoreErrors {

    private StoreErrors() {}

    /** @param doing what failed, such as "storing the file" */
    static ForetokenException of(String doing, IOException e) {
        if (full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    doing
                            + " failed: the disk of the batches' folder is full; delete files that nobody needs and try again",
                    e);
        }
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, doing + " failed", e);
    }

    /** Java has no type for it: the operating system's words are all there is. */
    private static boolean full(IOException e) {
        String text = ("" + e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left")
                || text.contains("disk quota exceeded")
                || text.contains("file too large");
    }
}
