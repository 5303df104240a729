package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.VariantConfig.Format;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the bases of recipes and predictions are found, and where they go: below {@code base/}, so that the variant needs nothing else.
 *
 * @param given whether the base is in the store already, and goes below {@code base/} by itself
 * @param depth of what changes what changes something, so far
 */
record Bases(boolean given, int depth) {

    /** Where the base is in a variant, and what its recipe or prediction says. */
    static final String FOLDER = "base";

    static final Bases TAKEN = new Bases(false, 0);

    private static final int MAX_DEPTH = 8;

    /** What passed: the files of a recipe or prediction, and of the base everything. */
    record Sound(List<CheckedFile> files, Optional<Selection> base) {}

    private Bases deeper() {
        if (depth + 1 >= MAX_DEPTH) {
            throw Refusal.damaged("recipes change recipes for more than %d levels", MAX_DEPTH);
        }
        return new Bases(false, depth + 1);
    }

    /**
     * Takes a base in; empty where it is given, or random.
     *
     * @param base as the file names it, relative to its folder
     * @param path the same on disk; empty for random weights
     * @throws ForetokenException MODEL_FILE_CORRUPT, also for a base that is outside of an upload
     */
    Optional<Selection> take(SourceFolder folder, String base, Optional<Path> path) {
        if (path.isEmpty() || given && (base.equals(FOLDER) || base.startsWith(FOLDER + "/"))) {
            return Optional.empty();
        }
        return Optional.of(
                folder.trust() == Trust.OWN_FOLDER
                        ? SourceReader.read(path.get(), Trust.OWN_FOLDER, deeper())
                        : uploaded(folder, base, deeper()));
    }

    private static Selection uploaded(SourceFolder folder, String base, Bases bases) {
        int slash = base.lastIndexOf('/');
        if (Role.of(base.substring(slash + 1)) == Role.GGUF) {
            folder.file(base);
            SourceFolder beside = slash < 0 ? folder : folder.folder(base.substring(0, slash));
            return SourceReader.read(beside.named(base.substring(slash + 1)), Trust.UPLOADED, bases);
        }
        return SourceReader.read(folder.folder(base), bases);
    }

    /** Where the base is going to be, as the file that needs it says it. */
    static String place(Selection base) {
        return base.format() == Format.GGUF ? FOLDER + "/" + base.opened() : FOLDER;
    }
}
