package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Every weight to its nearest code. Errors are of the weights, {@code |W - Q|^2 / |W|^2}, since no inputs are known. */
record NearestRounding(LevelSearch search, StoredCodes form) implements BlockRounding {

    @Override
    public boolean isCalibrated() {
        return false;
    }

    @Override
    public RoundedBlock round(BlockInputs block) {
        List<StoredTensor> tensors = new ArrayList<>();
        List<LinkedHashMap<String, Object>> facts = new ArrayList<>();
        for (InputSite site : block.sites()) {
            for (MatrixRef whole : site.matrices()) {
                float[] weights = block.weights(whole);
                CodedMatrix coded = NearestCodes.of(weights, whole.columns(), search, null, block.workers());
                tensors.addAll(form.tensors(whole.tensor(), coded));
                facts.add(MatrixFacts.of(whole, error(weights, coded)));
                block.columns().done(whole.columns());
            }
        }
        return new RoundedBlock(tensors, facts);
    }

    static double error(float[] weights, CodedMatrix coded) {
        double missing = 0;
        double all = 0;
        for (int i = 0; i < weights.length; i++) {
            double difference = weights[i] - coded.at(i / coded.columns(), i % coded.columns());
            missing += difference * difference;
            all += (double) weights[i] * weights[i];
        }
        return all == 0 ? 0 : missing / all;
    }
}
