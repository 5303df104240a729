package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a listing are worth the way: one model in one format, safetensors before GGUF before ONNX, and the texts beside it. The
 * import decides for itself what it takes of them.
 *
 * @param files to fetch
 * @param opened the file that the model is opened by; empty for its folder
 */
record Choice(List<RemoteFile> files, Optional<String> opened, List<String> leftOut) {

    private static final Pattern TEXT = Pattern.compile(
            "[A-Za-z0-9][A-Za-z0-9._-]*\\.(json|jinja|txt|md)|1_Pooling/config\\.json|tokenizer\\.model|(LICEN[CS]E|NOTICE)(\\.[A-Za-z]{1,8})?");
    private static final Pattern SPLIT = Pattern.compile("(.*-)\\d{5}(-of-\\d{5}\\.gguf)");
    private static final int NAMED = 12;

    /** {@code wanted}: one file, with what belongs to it; empty for the model that the place is about. */
    static Choice of(List<RemoteFile> listing, Optional<String> wanted) {
        return wanted.isPresent() ? single(listing, wanted.get()) : model(listing);
    }

    private static Choice single(List<RemoteFile> listing, String wanted) {
        if (listing.stream().noneMatch(file -> file.path().equals(wanted))) {
            throw new ForetokenException(
                    ErrorCode.MODEL_NOT_FOUND, "there is no file " + wanted + "; " + names(listing, "*"));
        }
        if (!wanted.endsWith(".gguf") && !wanted.endsWith(".onnx")) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    wanted + " alone is no model; name a *.gguf or *.onnx, or leave the file out to pull the whole");
        }
        return chosen(listing, wanted, file -> belongs(file, wanted));
    }

    /** Parts of a split file, and data that an ONNX file keeps beside itself. */
    private static boolean belongs(String file, String wanted) {
        Matcher split = SPLIT.matcher(wanted);
        if (split.matches()) {
            return file.startsWith(split.group(1)) && file.endsWith(split.group(2));
        }
        return file.equals(wanted) || wanted.endsWith(".onnx") && file.startsWith(wanted);
    }

    private static Choice model(List<RemoteFile> listing) {
        if (hasTop(listing, ".safetensors")) {
            boolean sharded = listing.stream().anyMatch(file -> file.path().matches("model.*\\.safetensors"));
            return chosen(
                    listing,
                    "",
                    file -> isText(file)
                            || isTop(file, ".safetensors") && !(sharded && file.startsWith("consolidated")));
        }
        for (String suffix : List.of(".gguf", ".onnx")) {
            List<String> firsts = listing.stream()
                    .map(RemoteFile::path)
                    .filter(file ->
                            isTop(file, suffix) && (!SPLIT.matcher(file).matches() || file.contains("-00001-of-")))
                    .toList();
            if (firsts.size() > 1) {
                throw new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "there are several models; add one's name to the address: " + names(listing, suffix));
            }
            if (firsts.size() == 1) {
                return chosen(
                        listing,
                        firsts.getFirst(),
                        file -> belongs(file, firsts.getFirst()) || suffix.equals(".onnx") && isText(file));
            }
        }
        throw new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "there is no *.safetensors, *.gguf or *.onnx at the top, and nothing else is loaded; "
                        + names(listing, "*"));
    }

    private static Choice chosen(List<RemoteFile> listing, String opened, Predicate<String> taken) {
        List<RemoteFile> files = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (RemoteFile file : listing) {
            if (taken.test(file.path())) {
                files.add(file);
            } else {
                leftOut.add(file.path());
            }
        }
        boolean isFolder = opened.isEmpty() || files.stream().anyMatch(file -> isText(file.path()));
        return new Choice(files, isFolder ? Optional.empty() : Optional.of(opened), leftOut);
    }

    private static boolean isText(String file) {
        return TEXT.matcher(file).matches();
    }

    private static boolean isTop(String file, String suffix) {
        return file.indexOf('/') < 0 && file.endsWith(suffix);
    }

    private static boolean hasTop(List<RemoteFile> listing, String suffix) {
        return listing.stream().anyMatch(file -> isTop(file.path(), suffix));
    }

    private static String names(List<RemoteFile> listing, String suffix) {
        List<String> names = listing.stream()
                .map(RemoteFile::path)
                .filter(path -> suffix.equals("*") || path.endsWith(suffix))
                .toList();
        String shown = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return "there are " + (names.isEmpty() ? "no files" : shown) + (names.size() > NAMED ? ", ..." : "");
    }
}
