package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that an import reads. Every file that is opened was given by {@link #file}, which lets none of them be outside: not by its name,
 * not by a link, not by a folder that is a link, and of an upload not by a second name of a file that is elsewhere (hard link).
 */
final class SourceFolder {

    private static final int MAX_ENTRIES = 10_000;

    private final Path folder;
    private final Path home;
    private final Trust trust;

    private SourceFolder(Path folder, Path home, Trust trust) {
        this.folder = folder;
        this.home = home;
        this.trust = trust;
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT when there is no such folder */
    static SourceFolder open(Path folder, Trust trust) {
        try {
            return new SourceFolder(folder, folder.toRealPath(), trust);
        } catch (IOException e) {
            throw Refusal.unreadable("the folder " + name(folder), e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    Trust trust() {
        return trust;
    }

    /** A path as it was named, for reading what lies beside it by name; only after {@link #file} has let it pass. */
    Path named(String path) {
        return folder.resolve(path);
    }

    /** Names in a folder below, {@code ""} for this one, in order; folders end in {@code /}. Empty where it is none or a link. */
    List<String> names(String below) {
        Path path = home.resolve(below);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<String> names = entries.limit(MAX_ENTRIES + 1L)
                    .map(entry -> name(entry) + (Files.isDirectory(entry) ? "/" : ""))
                    .sorted()
                    .toList();
            if (names.size() > MAX_ENTRIES) {
                throw Refusal.unsupported("the folder has more than %d entries, which no model has", MAX_ENTRIES);
            }
            return names;
        } catch (IOException e) {
            throw Refusal.unreadable("the folder", e);
        }
    }

    /** Whether there is anything of that name. */
    boolean has(String path) {
        return Files.exists(home.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The file after every link was followed.
     *
     * @param path relative, with {@code /}, from a file that was found here or from what one of them says
     * @throws ForetokenException MODEL_FILE_CORRUPT saying what is wrong with it
     */
    Path file(String path) {
        Path named = home.resolve(checked(path));
        try {
            if (trust == Trust.UPLOADED) {
                requireNoLinks(path, named);
            }
            Path real = named.toRealPath();
            if (!real.startsWith(home) && !(trust == Trust.OWN_FOLDER && isHubBlob(real))) {
                throw Refusal.damaged("%s is a link that leads out of the model's folder", Refusal.quoted(path));
            }
            if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                throw Refusal.damaged("%s is not a file", Refusal.quoted(path));
            }
            return real;
        } catch (NoSuchFileException e) {
            throw Refusal.damaged("%s is not there", Refusal.quoted(path));
        } catch (IOException e) {
            throw Refusal.unreadable(path, e);
        }
    }

    private static String checked(String path) {
        try {
            return FilePath.checked(path);
        } catch (ForetokenException e) {
            throw Refusal.damaged("%s", e.getMessage());
        }
    }

    /**
     * A folder below, which like a file may not be reached by a link.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    SourceFolder folder(String path) {
        Path named = home.resolve(checked(path));
        requireNoSymbolicLinks(path, named);
        if (!Files.isDirectory(named, LinkOption.NOFOLLOW_LINKS)) {
            throw Refusal.damaged("%s is not a folder in the model's folder", Refusal.quoted(path));
        }
        return open(named, trust);
    }

    private void requireNoSymbolicLinks(String path, Path named) {
        for (Path step = named; !step.equals(home); step = step.getParent()) {
            if (Files.isSymbolicLink(step)) {
                throw Refusal.damaged(
                        "%s %s a symbolic link; an upload may have none",
                        Refusal.quoted(path), step.equals(named) ? "is" : "is in a folder that is");
            }
        }
    }

    private void requireNoLinks(String path, Path named) throws IOException {
        requireNoSymbolicLinks(path, named);
        if (named.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.getAttribute(named, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer names
                && names > 1
                && Files.isRegularFile(named, LinkOption.NOFOLLOW_LINKS)) {
            throw Refusal.damaged(
                    "%s has %d names (hard links); an upload may have one file only once", Refusal.quoted(path), names);
        }
    }

    /** The hub's cache: {@code snapshots/REVISION/FILE} is a link into {@code blobs} two levels up. */
    private boolean isHubBlob(Path real) {
        Path snapshots = home.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && real.startsWith(snapshots.resolveSibling("blobs"));
    }
}
