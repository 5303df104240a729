package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.metadata.VariantRow;
import java.nio.file.Path;
import java.util.List;

/** What jobs need of the registry that they belong to. */
public interface JobShelf {

    /** The variant's files on this machine, checked. */
    ModelSource open(VariantRow variant);

    VariantManifest manifest(VariantRow variant);

    /**
     * Checks and stores what was built, split so that equal tensors are stored once.
     *
     * @param draft its format, architecture and files are found out
     * @param inherited files of its parent, stored already; those that the folder has too are not taken
     */
    Composed store(Path folder, VariantConfig draft, List<ModelFile> inherited, LoadProgress progress);

    /** Stores bytes as one blob. */
    Digest put(byte[] bytes);

    /** The blob's bytes; MODEL_FILE_CORRUPT when it is missing, damaged or larger. */
    byte[] read(Digest blob, int most);

    /** Keeps everything that the manifest names from collections for a while; MODEL_FILE_CORRUPT when something is missing. */
    void renew(VariantManifest manifest);
}
