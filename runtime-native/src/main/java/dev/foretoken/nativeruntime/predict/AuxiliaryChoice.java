package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Which auxiliary a prediction is built with, as people write it. */
sealed interface AuxiliaryChoice {

    String PRUNED = "layer-pruned:";
    String LAYERS = "layers:";
    String MODEL = "model:";
    String TRAINED = "trained:";

    /** {@code layer-pruned:0.5}: so many of the base's blocks, at regular intervals, the first among them. */
    record LayerPruned(double share) implements AuxiliaryChoice {
        /** Of a base with so many blocks. */
        List<Integer> blocks(int all) {
            int kept = Math.max(1, (int) Math.round(share * all));
            return IntStream.range(0, kept)
                    .map(block -> (int) ((long) block * all / kept))
                    .boxed()
                    .toList();
        }
    }

    /** {@code layers:0,2,5}: these blocks of the base. */
    record Blocks(List<Integer> blocks) implements AuxiliaryChoice {
        public Blocks {
            blocks = List.copyOf(blocks);
        }
    }

    /** {@code model:PATH}: another checkpoint with the same tokenizer. */
    record Other(Path path) implements AuxiliaryChoice {}

    /** {@code trained:FOLDER}: a prediction that was trained elsewhere, for this base. */
    record Trained(Path folder) implements AuxiliaryChoice {}

    /** @throws ForetokenException CONFIG_INVALID, saying what can be written */
    static AuxiliaryChoice parse(String text) {
        if (text.startsWith(PRUNED)) {
            return new LayerPruned(share(text, text.substring(PRUNED.length())));
        }
        if (text.startsWith(LAYERS)) {
            return new Blocks(blocks(text, text.substring(LAYERS.length())));
        }
        if (text.startsWith(MODEL) && text.length() > MODEL.length()) {
            return new Other(Path.of(text.substring(MODEL.length())));
        }
        if (text.startsWith(TRAINED) && text.length() > TRAINED.length()) {
            return new Trained(Path.of(text.substring(TRAINED.length())));
        }
        throw wrong(
                text,
                "layer-pruned:SHARE (of the base's blocks), layers:0,2,5 (of the base), model:FOLDER (a smaller checkpoint with the same tokenizer) or trained:FOLDER (a prediction.json with its files)");
    }

    private static double share(String text, String number) {
        try {
            double share = Double.parseDouble(number);
            if (share > 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            throw wrong(text, "layer-pruned: and a share above 0 to 1, such as layer-pruned:0.5");
        }
        throw wrong(text, "layer-pruned: and a share above 0 to 1, such as layer-pruned:0.5");
    }

    private static List<Integer> blocks(String text, String numbers) {
        List<Integer> blocks = new ArrayList<>();
        try {
            for (String number : numbers.split(",", -1)) {
                int block = Integer.parseInt(number.strip());
                if (block < 0 || !blocks.isEmpty() && block <= blocks.getLast()) {
                    throw wrong(text, "layers: and numbers of the base's blocks from 0 on, ascending");
                }
                blocks.add(block);
            }
        } catch (NumberFormatException e) {
            throw wrong(text, "layers: and numbers of the base's blocks from 0 on, ascending");
        }
        return blocks;
    }

    private static ForetokenException wrong(String found, String expected) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "kvp: auxiliary=%s, must be %s".formatted(found.isEmpty() ? "(nothing)" : found, expected));
    }
}
