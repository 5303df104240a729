package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where a folder store keeps what: {@code blobs/sha256/ab/abcd...} for blobs, {@code condemned/} for blobs that a collection is about to
 * remove, {@code tmp/} for what is being written, {@code damaged/} for what a check moved away. All on one file system, so that files move
 * by renaming.
 */
record BlobFolders(Path root) {

    static BlobFolders create(Path root) throws IOException {
        BlobFolders folders = new BlobFolders(root);
        for (Path folder : new Path[] {folders.blobs(), folders.condemned(), folders.temporary(), folders.damaged()}) {
            Files.createDirectories(folder);
        }
        sync(root);
        return folders;
    }

    Path blobs() {
        return root.resolve("blobs").resolve("sha256");
    }

    Path condemned() {
        return root.resolve("condemned");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    Path damaged() {
        return root.resolve("damaged");
    }

    Path blob(Digest digest) {
        return blobs().resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    }

    Path condemned(Digest digest) {
        return condemned().resolve(digest.hex());
    }

    /** The digest that a blob's path stands for; empty for a file that is none. */
    Optional<Digest> digest(Path file) {
        String name = file.getFileName().toString();
        boolean shape = name.length() == 64 && name.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
        return shape && file.equals(blob(new Digest(name))) ? Optional.of(new Digest(name)) : Optional.empty();
    }

    /** Makes a complete file read-only and moves it to its place, durably. Replaces what is there: it has the same bytes. */
    void install(Path file, Path target) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix != null) {
            posix.setPermissions(PosixFilePermissions.fromString("r--r--r--"));
        }
        makeShard(target.getParent());
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        sync(target.getParent());
    }

    /** Gives a file that is complete its place as a second name. @throws FileAlreadyExistsException when the place is taken */
    void link(Path file, Path target) throws IOException {
        makeShard(target.getParent());
        Files.createLink(target, file);
        sync(target.getParent());
    }

    void setAside(Digest digest) throws IOException {
        try {
            Files.move(blob(digest), damaged().resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
            sync(blob(digest).getParent());
        } catch (NoSuchFileException e) {
            // Collected, or set aside by another process.
        }
    }

    private static void makeShard(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
            sync(folder.getParent());
        } catch (FileAlreadyExistsException e) {
            // Most often: there are 256 such folders, and they stay.
        }
    }

    /** Makes names in a folder durable. Windows has no such call, and needs none. */
    private static void sync(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
