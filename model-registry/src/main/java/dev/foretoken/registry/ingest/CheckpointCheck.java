package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.safetensors.ShardIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds and checks the weights of a Hugging Face checkpoint: one file, or several and their index. */
final class CheckpointCheck {

    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private CheckpointCheck() {}

    /**
     * Every file with weights, cut into parts, and the index.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT; MODEL_UNSUPPORTED where the folder has weights of another kind
     */
    static List<CheckedFile> check(SourceFolder folder) {
        if (folder.has(SINGLE)) {
            return split(List.of(SafetensorsCheck.check(SINGLE, folder.file(SINGLE))));
        }
        if (!folder.has(INDEX)) {
            throw Refusal.unsupported(
                    "the folder has *.safetensors, but neither %s nor %s: if it is an adapter, it is loaded beside its model and not imported as one",
                    SINGLE, INDEX);
        }
        byte[] bytes = TextCheck.bytes(INDEX, folder.file(INDEX), ShardIndex.MAX_BYTES);
        ShardIndex index = ShardIndex.parse(INDEX, bytes);
        Map<String, Set<String>> tensors = new LinkedHashMap<>();
        List<SafetensorsCheck.Sound> shards = new ArrayList<>();
        for (String name : new TreeSet<>(index.fileOf().values())) {
            SafetensorsCheck.Sound shard = SafetensorsCheck.check(name, folder.file(name));
            shards.add(shard);
            tensors.put(name, shard.header().tensors().keySet());
        }
        SafetensorsCheck.requireAgreed(INDEX, index, tensors);
        List<CheckedFile> files = new ArrayList<>(split(shards));
        files.add(CheckedFile.inMemory(INDEX, bytes));
        return files;
    }

    /** The files in the parts they are stored in. */
    static List<CheckedFile> split(List<SafetensorsCheck.Sound> sound) {
        List<List<Long>> lengths = FileSplitter.split(
                sound.stream().map(SafetensorsCheck.Sound::header).toList());
        List<CheckedFile> files = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            files.add(sound.get(i).file().split(lengths.get(i)));
        }
        return files;
    }
}
