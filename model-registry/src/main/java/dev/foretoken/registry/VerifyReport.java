package dev.foretoken.registry;

import java.util.List;

/**
 * What a check of everything found.
 *
 * @param variants whose manifests were read
 * @param blobs and {@code bytes} that were read
 * @param problems empty when all is well
 */
public record VerifyReport(int variants, long blobs, long bytes, List<Problem> problems) {

    public VerifyReport {
        problems = List.copyOf(problems);
    }

    /**
     * One thing that is wrong.
     *
     * @param what a blob's digest, a variant, or a stray file's name in the store
     * @param detail a sentence
     * @param variants that it breaks
     */
    public record Problem(String what, String detail, List<String> variants) {}

    public boolean clean() {
        return problems.isEmpty();
    }
}
