package dev.foretoken.registry.view;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.parts.PartList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * Makes one view. It is made beside its place and renamed, so that it is there wholly or not at all; of two that make it at once the later
 * one finds it made. One that a crash or somebody's hand has left incomplete is replaced.
 */
final class ViewBuilder {

    /** More than there are makers at once; only a folder that nobody may replace needs so many. */
    private static final int MAX_TRIES = 100;

    private final VariantManifest manifest;
    private final LocalBlobs blobs;

    ViewBuilder(VariantManifest manifest, LocalBlobs blobs) {
        this.manifest = manifest;
        this.blobs = blobs;
        manifest.files().forEach(file -> requireFits(file.path()));
    }

    /** The names that stand for parts belong to views alone. */
    private static void requireFits(String path) {
        for (String name : path.split("/")) {
            if (name.equals(PartList.FOLDER) || name.endsWith(PartList.SUFFIX)) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "the variant has a file %s; no name may be %s or end in %s"
                                .formatted(path, PartList.FOLDER, PartList.SUFFIX));
            }
        }
    }

    void build(Path folder) {
        try {
            ViewFolder.renew(folder);
            if (isWhole(folder)) {
                return;
            }
            Path views = Files.createDirectories(folder.getParent());
            Path made = Files.createDirectory(views.resolve(ViewFolder.temporary(UUID.randomUUID())));
            try {
                for (ModelFile file : manifest.files()) {
                    add(file, made.resolve(file.path()));
                }
                install(made, folder);
            } finally {
                ViewFolder.discard(made);
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.INTERNAL_ERROR,
                    "the view of the variant could not be made: " + e.getClass().getSimpleName(),
                    e);
        }
    }

    /** Of several that make it at once the first wins; what stands there incomplete makes room. */
    private void install(Path made, Path folder) throws IOException {
        for (int tries = 1; !moved(made, folder, tries); tries++) {
            if (isWhole(folder)) {
                return;
            }
            ViewFolder.discardUnless(this::isWhole, folder);
        }
    }

    private static boolean moved(Path made, Path folder, int tries) throws IOException {
        try {
            Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            if (tries == MAX_TRIES || !Files.isDirectory(made)) {
                throw e;
            }
            return false;
        }
    }

    private void add(ModelFile file, Path target) throws IOException {
        Path beside = Files.createDirectories(target.getParent());
        if (file.isWhole()) {
            blobs.link(file.digest(), target);
            return;
        }
        Path parts = Files.createDirectories(beside.resolve(PartList.FOLDER));
        for (Descriptor part : file.parts()) {
            Path link = parts.resolve(part.digest().hex());
            if (!Files.exists(link)) {
                blobs.link(part.digest(), link);
            }
        }
        write(PartList.besides(target), list(file).json());
    }

    /** A part of no bytes has nothing to be mapped. */
    private static PartList list(ModelFile file) {
        return new PartList(
                file.size(),
                file.digest().toString(),
                file.parts().stream()
                        .filter(part -> part.size() > 0)
                        .map(part -> new PartList.Part(part.digest().hex(), part.size()))
                        .toList());
    }

    private static void write(Path path, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** Whether everything is there in its size; what the bytes are is another question. */
    private boolean isWhole(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        for (ModelFile file : manifest.files()) {
            if (!isWhole(file, folder.resolve(file.path()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhole(ModelFile file, Path target) throws IOException {
        if (file.isWhole()) {
            return hasSize(target, file.size());
        }
        Path list = PartList.besides(target);
        if (!Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)
                || !Arrays.equals(Files.readAllBytes(list), list(file).json())) {
            return false;
        }
        for (Descriptor part : file.parts()) {
            Path link =
                    target.resolveSibling(PartList.FOLDER).resolve(part.digest().hex());
            if (!hasSize(link, part.size())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasSize(Path path, long size) throws IOException {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) == size;
    }
}
