package dev.foretoken.registry.view;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of all views of a registry. What runtimes have mapped stays theirs when a view is removed. */
public record ViewFolder(Path path) {

    private static final System.Logger LOG = System.getLogger(ViewFolder.class.getName());
    private static final String TEMPORARY = ".making-";
    private static final String DISCARDED = ".discarded-";

    /**
     * Removes views that nobody needs, and what a crash has left of making or removing one.
     *
     * @param kept manifests whose views stay
     * @param before younger ones stay too: somebody may be about to open them
     * @return how many views were removed
     */
    public int removeOthers(Set<Digest> kept, Instant before) {
        try {
            int removed = 0;
            for (Path entry : entries()) {
                String name = String.valueOf(entry.getFileName());
                boolean view = name.matches("[0-9a-f]{64}");
                boolean ours = view || name.startsWith(TEMPORARY) || name.startsWith(DISCARDED);
                boolean needed = view && kept.contains(new Digest(name));
                if (ours && !needed && isOlder(entry, before) && removed(entry, before)) {
                    removed += view ? 1 : 0;
                }
            }
            return removed;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "views could not be removed", e);
        }
    }

    /** Removes one view: the next one links to what the store has now. Nothing happens when it is not there. */
    public void remove(Digest manifest) {
        try {
            discard(path.resolve(manifest.hex()));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "a view could not be removed", e);
        }
    }

    /** Looks at the age again when nobody can find it any more: whoever was given it meanwhile has made it young. */
    private static boolean removed(Path entry, Instant before) throws IOException {
        Optional<Path> aside = setAside(entry);
        if (aside.isPresent() && !isOlder(aside.get(), before) && restored(aside.get(), entry)) {
            return false;
        }
        aside.ifPresent(ViewFolder::delete);
        return aside.isPresent();
    }

    /** False when the view was made again meanwhile. */
    private static boolean restored(Path aside, Path entry) throws IOException {
        try {
            Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            if (!Files.isDirectory(entry)) {
                throw e;
            }
            return false;
        }
    }

    private List<Path> entries() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.toList();
        }
    }

    private static boolean isOlder(Path entry, Instant before) throws IOException {
        try {
            return Files.getLastModifiedTime(entry).toInstant().isBefore(before);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Makes a view as young as one just made, whose time is the file system's; nothing happens when it is not there. */
    static void renew(Path folder) throws IOException {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
        } catch (NoSuchFileException e) {
            // It is about to be made.
        }
    }

    static String temporary(UUID id) {
        return TEMPORARY + id;
    }

    /** Takes a view out of its place at once, then deletes it; nothing happens when it is not there. */
    static void discard(Path folder) throws IOException {
        setAside(folder).ifPresent(ViewFolder::delete);
    }

    /** {@link #discard} of a view that was found incomplete; one that somebody has made whole meanwhile is put back. */
    static void discardUnless(Check whole, Path folder) throws IOException {
        Optional<Path> aside = setAside(folder);
        if (aside.isPresent() && !(whole.holds(aside.get()) && restored(aside.get(), folder))) {
            delete(aside.get());
        }
    }

    /** A question that reads files. */
    @FunctionalInterface
    interface Check {
        boolean holds(Path folder) throws IOException;
    }

    private static Optional<Path> setAside(Path folder) throws IOException {
        Path aside = folder.resolveSibling(DISCARDED + UUID.randomUUID());
        try {
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(aside);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** What cannot be deleted now is found and deleted the next time. */
    private static void delete(Path aside) {
        try {
            Files.walkFileTree(aside, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
                        throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "A view that nobody needs could not be deleted wholly", e);
        }
    }
}
