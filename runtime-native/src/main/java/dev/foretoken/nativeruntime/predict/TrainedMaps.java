package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.PairedSums;
import dev.foretoken.nativeruntime.algebra.RidgeMap;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.weights.TensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Maps that were made elsewhere, judged by the text that others are fitted on. */
final class TrainedMaps {

    private final Path path;
    private final Prospect prospect;

    TrainedMaps(Path path, Prospect prospect) {
        this.path = path;
        this.prospect = prospect;
    }

    /**
     * Reads and judges all of them.
     *
     * @param sums of the pairs of the layer map, in its order
     * @throws ForetokenException MODEL_FILE_CORRUPT for a map that is missing or of another shape
     */
    List<MapFit.Layer> judged(List<Integer> map, PairSums sums) {
        List<MapFit.Layer> layers = new ArrayList<>();
        try (TensorFile file = TensorFile.open(path)) {
            for (int i = 0; i < map.size(); i++) {
                layers.add(new MapFit.Layer(
                        judged(file, "keys." + i, prospect.keys(), new LayerPair(i, map.get(i)), sums.keys(i)),
                        judged(file, "values." + i, prospect.values(), new LayerPair(i, map.get(i)), sums.values(i))));
            }
        }
        return layers;
    }

    private static FittedMap judged(
            TensorFile file, String name, RowWidths widths, LayerPair pair, PairSums.Split sums) {
        int outputs = widths.base().get(pair.base());
        int inputs = widths.auxiliary().get(pair.auxiliary());
        RidgeMap map = new RidgeMap(
                numbers(file, name + ".weight", outputs, inputs), numbers(file, name + ".bias", outputs), 0);
        PairedSums all = sums.fitted().plus(sums.heldOut());
        return new FittedMap(map.relativeError(all), 0, map);
    }

    private static double[] numbers(TensorFile file, String name, long... shape) {
        Map<String, StoredTensor> tensors = file.tensors();
        StoredTensor tensor = tensors.get(name);
        if (tensor == null
                || !tensor.hasShape(shape)
                || tensor.type().computable().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the maps have %s, expected floats named %s of shape %s for this base and auxiliary"
                            .formatted(
                                    tensor == null ? "no such tensor" : tensor.type() + " of shape " + tensor.shape(),
                                    name,
                                    Arrays.toString(shape)));
        }
        FloatType type = tensor.floats();
        double[] numbers = new double[Math.toIntExact(tensor.data().byteSize() / type.bytes())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = type.load(tensor.data(), i);
        }
        return numbers;
    }
}
