package dev.foretoken.gateway.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.text.gguf.GgufDocuments;
import dev.foretoken.registry.gguf.GgufFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A checkpoint's tokenizer: text to token ids and back, byte for byte as Hugging Face's library does it.
 *
 * <p>Any number of threads may call every method at once; the native tokenizer is immutable. {@link #close} waits for
 * calls under way. Nothing is ever downloaded. {@code clean_up_tokenization_spaces} is not applied: the text is what the
 * tokens say.
 */
public final class Tokenizer implements AutoCloseable {
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer binding;
    private final Vocabulary vocabulary;
    private final SpecialTokens specialTokens;
    private final ChatTemplateSources chatTemplates;
    private final int[] eosTokenIds;
    private final TokenizerLimits limits;
    private final EncoderFacts encoder;
    private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
    private boolean closed;

    private Tokenizer(TokenizerFiles files, String tokenizerJson) {
        JsonNode config = files.object("tokenizer_config.json");
        this.vocabulary = Vocabulary.read(CheckpointJson.parse("tokenizer.json", tokenizerJson));
        this.specialTokens = SpecialTokens.read(config, files.object("special_tokens_map.json"));
        this.chatTemplates = ChatTemplateSources.read(files, config);
        this.eosTokenIds = EosTokens.read(files, specialTokens, vocabulary);
        this.limits = files.limits();
        this.encoder = EncoderFacts.read(files, config);
        this.binding = open(tokenizerJson);
    }

    /**
     * Loads the tokenizer of a Hugging Face checkpoint directory: tokenizer.json, and where they exist
     * tokenizer_config.json, special_tokens_map.json, generation_config.json, config.json and the chat template files.
     * Or that of a GGUF file, translated into the same documents. Or that which lies beside an ONNX file.
     *
     * @throws ForetokenException {@link ErrorCode#MODEL_FILE_CORRUPT} where a file is missing or not understood, {@link
     *     ErrorCode#MODEL_UNSUPPORTED} for a GGUF vocabulary of another kind
     */
    public static Tokenizer load(Path path, TokenizerLimits limits) {
        TokenizerFiles files = GgufFile.isAt(path)
                ? new DocumentFiles(GgufDocuments.read(path), limits)
                : new CheckpointJson(folder(path), limits);
        String tokenizerJson = files.text("tokenizer.json")
                .orElseThrow(() -> CheckpointJson.invalid("The checkpoint has no tokenizer.json; save it with"
                        + " Hugging Face's fast tokenizer, which writes that file"));
        return new Tokenizer(files, tokenizerJson);
    }

    /** Whether there is a tokenizer: a directory with tokenizer.json, an ONNX file in one, or a GGUF file with a vocabulary. */
    public static boolean isAt(Path path) {
        return GgufFile.isAt(path)
                ? GgufDocuments.areIn(path)
                : Files.exists(folder(path).resolve("tokenizer.json"));
    }

    /** Graphs lie beside the checkpoint's small files, or in a folder {@code onnx} below them. */
    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || !path.toString().endsWith(".onnx") || Files.isDirectory(path)) {
            return path;
        }
        boolean below = parent.endsWith("onnx") && !Files.exists(parent.resolve("tokenizer.json"));
        return below ? parent.resolve("..").normalize() : parent;
    }

    /** {@link #load(Path, TokenizerLimits)} with {@link TokenizerLimits#DEFAULT}. */
    public static Tokenizer load(Path path) {
        return load(path, TokenizerLimits.DEFAULT);
    }

    private static HuggingFaceTokenizer open(String tokenizerJson) {
        TokenizerBinding.unpack();
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(tokenizerJson.getBytes(StandardCharsets.UTF_8)), PLAIN);
        } catch (IOException | RuntimeException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "tokenizer.json is not a tokenizer the library understands: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Encodes a text. Special tokens written in the text become their ids.
     *
     * @param addSpecialTokens true for a plain prompt: adds what the tokenizer adds (often a BOS); false for a text that
     *     a chat template has made, which already carries them
     * @throws ForetokenException {@link ErrorCode#PAYLOAD_TOO_LARGE} where the text is longer than the limit
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        String whole = checked(text);
        return open(() -> narrow(binding.encode(whole, addSpecialTokens, false).getIds()));
    }

    /** Encodes a text for an encoder, with everything the tokenizer adds. @throws ForetokenException as {@link #encode} */
    public TextEncoding encodeWhole(String text) {
        String whole = checked(text);
        return open(() -> encoding(binding.encode(whole, true, false)));
    }

    /** The same of two texts that are encoded together, such as a query and what may answer it. */
    public TextEncoding encodePair(String first, String second) {
        String one = checked(first);
        String other = checked(second);
        return open(() -> encoding(binding.encode(one, other, true, false)));
    }

    private static TextEncoding encoding(Encoding encoding) {
        long[] mask = encoding.getSpecialTokenMask();
        boolean[] added = new boolean[mask.length];
        for (int i = 0; i < added.length; i++) {
            added[i] = mask[i] != 0;
        }
        return new TextEncoding(narrow(encoding.getIds()), narrow(encoding.getTypeIds()), added);
    }

    private String checked(String text) {
        if (text.length() > limits.maxInputCharacters()) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The text has " + text.length() + " characters, at most " + limits.maxInputCharacters()
                            + " are encoded");
        }
        return Surrogates.replaceLone(text);
    }

    /** What the checkpoint says of texts that are encoded whole. */
    public EncoderFacts encoder() {
        return encoder;
    }

    /**
     * Decodes ids; an id without a piece (models pad their vocabulary) adds nothing.
     *
     * @throws ForetokenException {@link ErrorCode#INVALID_REQUEST} for a negative id
     */
    public String decode(int[] tokenIds, boolean skipSpecialTokens) {
        long[] ids = new long[tokenIds.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = requireToken(tokenIds[i]);
        }
        return ids.length == 0 ? "" : open(() -> binding.decode(ids, skipSpecialTokens));
    }

    /** The text of one sequence as it grows; belongs to one thread. */
    public IncrementalDetokenizer detokenizer(boolean skipSpecialTokens) {
        return vocabulary.form() == PieceForm.BYTE_LEVEL
                ? new ByteLevelDetokenizer(vocabulary, skipSpecialTokens)
                : new WindowDetokenizer(vocabulary, skipSpecialTokens, ids -> decode(ids, false));
    }

    /** One token as log-probability lists show it. */
    public TokenText tokenText(int tokenId) {
        byte[] bytes = vocabulary.bytes(requireToken(tokenId)).clone();
        Utf8Stream utf8 = new Utf8Stream();
        return new TokenText(tokenId, utf8.append(bytes) + utf8.finish(), bytes);
    }

    /** One more than the largest id; a model's own vocabulary may be padded beyond it. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    public boolean isSpecial(int tokenId) {
        return vocabulary.isSpecial(requireToken(tokenId));
    }

    /** The ids that end a sequence; empty where the checkpoint names none. */
    public int[] eosTokenIds() {
        return eosTokenIds.clone();
    }

    public SpecialTokens specialTokens() {
        return specialTokens;
    }

    public ChatTemplateSources chatTemplates() {
        return chatTemplates;
    }

    private static int requireToken(int tokenId) {
        if (tokenId < 0) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "Token id " + tokenId + " is negative, expected 0 or more");
        }
        return tokenId;
    }

    private static int[] narrow(long[] ids) {
        int[] out = new int[ids.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(ids[i]);
        }
        return out;
    }

    /** Runs a native call while the native tokenizer cannot be freed. */
    private <T> T open(Supplier<T> call) {
        lifetime.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The tokenizer is closed");
            }
            return call.get();
        } finally {
            lifetime.readLock().unlock();
        }
    }

    /** Frees the native tokenizer; later calls throw {@link IllegalStateException}. May be called twice. */
    @Override
    public void close() {
        lifetime.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                binding.close();
            }
        } finally {
            lifetime.writeLock().unlock();
        }
    }
}
