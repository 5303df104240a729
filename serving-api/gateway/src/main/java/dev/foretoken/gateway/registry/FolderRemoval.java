package dev.foretoken.gateway.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes a folder with what is in it; follows no links. */
final class FolderRemoval {

    private static final System.Logger LOG = System.getLogger(FolderRemoval.class.getName());

    private FolderRemoval() {}

    /** What cannot be removed stays and is logged: it is swept later. */
    static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "an upload''s folder stays behind", e);
        }
    }
}
