package dev.foretoken.gateway.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import java.nio.file.Path;

/**
 * The native library behind {@link Tokenizer}: Hugging Face's tokenizers through DJL's binding.
 *
 * <p>The library lies in the binding's jar and is unpacked at first use. A read-only or noexec image unpacks it when it
 * is built: call {@link #unpack()} there, with the environment variable or system property {@code ENGINE_CACHE_DIR} (else
 * {@code DJL_CACHE_DIR}, else {@code .djl.ai} in the home directory) naming the directory, and start with the same name.
 */
public final class TokenizerBinding {
    private TokenizerBinding() {}

    /**
     * Loads the library, unpacking it if that was not done yet, and returns the directory it was unpacked under.
     *
     * @throws IllegalStateException where this platform has no such library or the directory cannot be written
     */
    public static Path unpack() {
        forbidNetwork();
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(
                    "The tokenizer library cannot be loaded for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch")
                            + "; expected a directory that can be written and allows execution, set ENGINE_CACHE_DIR to one",
                    e);
        }
        return Utils.getEngineCacheDir("tokenizers");
    }

    /**
     * Three switches of the binding that are read when its classes load: no downloads, the CPU flavour that lies in the
     * jar (a CUDA flavour would be downloaded), no usage report.
     */
    static void forbidNetwork() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }
}
