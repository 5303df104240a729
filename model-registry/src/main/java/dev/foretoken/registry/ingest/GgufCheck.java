package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks a GGUF model, of one file or of several, by its headers. */
final class GgufCheck {

    private static final Pattern SPLIT = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** A model that passed, and its own word for its architecture. */
    record Sound(List<CheckedFile> files, String architecture) {}

    private GgufCheck() {}

    /** The file that a model is opened by: of several parts the first. */
    static String opened(String name) {
        Matcher split = SPLIT.matcher(name);
        return split.matches() ? "%s-00001-of-%s.gguf".formatted(split.group(1), split.group(3)) : name;
    }

    /**
     * Checks the file and, where it is the first of several, those beside it.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT or MODEL_UNSUPPORTED
     */
    static Sound check(SourceFolder folder, String name) {
        String first = opened(name);
        folder.names("").stream().filter(other -> opened(other).equals(first)).forEach(folder::file);
        folder.file(first);
        try (GgufFile file = GgufFile.open(folder.named(first))) {
            List<CheckedFile> files = new ArrayList<>();
            for (int i = 0; i < file.paths().size(); i++) {
                String part = String.valueOf(file.paths().get(i).getFileName());
                files.add(checked(
                        part,
                        folder.file(part),
                        file.headers().get(i),
                        i == 0 ? counts(file) : CheckedFile.Counts.NONE));
            }
            return new Sound(files, file.metadata().text("general.architecture").orElse(""));
        }
    }

    private static CheckedFile checked(String name, Path real, MemorySegment header, CheckedFile.Counts counts) {
        MessageDigest hasher = Digest.hasher();
        hasher.update(header.asByteBuffer());
        try {
            CheckedFile.OnDisk content = new CheckedFile.OnDisk(real, header.byteSize(), Digest.of(hasher));
            return CheckedFile.onDisk(name, Files.size(real), content, counts);
        } catch (IOException e) {
            throw Refusal.unreadable(name, e);
        }
    }

    private static CheckedFile.Counts counts(GgufFile file) {
        long elements = 0;
        for (GgufTensor tensor : file.tensors().values()) {
            elements += tensor.dimensions().stream().reduce(1L, (a, b) -> a * b);
        }
        return new CheckedFile.Counts(file.tensors().size(), elements);
    }
}
