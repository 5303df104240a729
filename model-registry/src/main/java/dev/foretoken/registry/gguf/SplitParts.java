package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a model that was split the way ggml's gguf-split does it: {@code NAME-00001-of-00003.gguf} and so on in one folder, each of
 * which says which part of how many it is. The first one has the metadata.
 */
final class SplitParts {

    private static final String COUNT = "split.count";
    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";
    private static final int MOST = 65_535;
    private static final Pattern NAME = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

    private SplitParts() {}

    /** The file and, where it is the first part of several, the others in order. All of them agree on what they are parts of. */
    static List<GgufPart> open(Path path, Arena arena) {
        GgufPart first = GgufPart.open(path, arena);
        int count = count(first);
        List<GgufPart> parts = new ArrayList<>(List.of(first));
        if (count > 1) {
            String prefix = prefix(first, count);
            for (int number = 1; number < count; number++) {
                parts.add(part(first, path.resolveSibling(name(prefix, number, count)), number, arena));
            }
            requireAllTensors(parts);
        }
        return parts;
    }

    private static int count(GgufPart part) {
        return part.header().metadata().integer(COUNT, 0, MOST, 0);
    }

    private static String name(String prefix, int number, int count) {
        return "%s-%05d-of-%05d%s".formatted(prefix, number + 1, count, GgufFile.SUFFIX);
    }

    private static String prefix(GgufPart first, int count) {
        Matcher name = NAME.matcher(first.name());
        if (!name.matches()) {
            throw unsupported(
                    first,
                    "it is one of %d parts, which must be named %s and so on".formatted(count, name("NAME", 0, count)));
        }
        String prefix = name.group(1);
        int number = first.header().metadata().integer(NUMBER, 0, MOST);
        if (number != 0) {
            throw unsupported(
                    first,
                    "it is part %d of %d; name the first one, %s".formatted(number + 1, count, name(prefix, 0, count)));
        }
        if (!first.name().equals(name(prefix, 0, count))) {
            throw damaged(
                    first,
                    "it says that it is part 1 of %d; such a file is named %s"
                            .formatted(count, name(prefix, 0, count)));
        }
        return prefix;
    }

    private static GgufPart part(GgufPart first, Path path, int number, Arena arena) {
        if (!Files.isRegularFile(path)) {
            throw damaged(
                    first, "it is part 1 of %d, but %s is not beside it".formatted(count(first), path.getFileName()));
        }
        GgufPart part = GgufPart.open(path, arena);
        int found = part.header().metadata().integer(NUMBER, 0, MOST);
        if (found != number || count(part) != count(first)) {
            throw damaged(
                    part,
                    "it says that it is part %d of %d, its name says %d of %d"
                            .formatted(found + 1, count(part), number + 1, count(first)));
        }
        int tensors = tensors(part);
        if (tensors != tensors(first)) {
            throw damaged(
                    part,
                    "it says that all parts have %d tensors, %s says %d"
                            .formatted(tensors, first.name(), tensors(first)));
        }
        return part;
    }

    private static int tensors(GgufPart part) {
        return part.header().metadata().integer(TENSORS, 0, TensorTable.MAX_TENSORS);
    }

    private static void requireAllTensors(List<GgufPart> parts) {
        Map<String, GgufPart> owners = new HashMap<>();
        for (GgufPart part : parts) {
            for (String tensor : part.header().tensors().keySet()) {
                GgufPart other = owners.putIfAbsent(tensor, part);
                if (other != null) {
                    throw damaged(part, "tensor %s is in %s too".formatted(tensor, other.name()));
                }
            }
        }
        int expected = tensors(parts.getFirst());
        if (owners.size() != expected) {
            throw damaged(
                    parts.getFirst(),
                    "it says that all parts have %d tensors, they have %d".formatted(expected, owners.size()));
        }
    }

    private static ForetokenException damaged(GgufPart part, String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, part.name() + " is damaged: " + what);
    }

    private static ForetokenException unsupported(GgufPart part, String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, part.name() + " is not supported: " + what);
    }
}
