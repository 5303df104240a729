package dev.foretoken.nativeruntime;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.IntegerMatrix;
import dev.foretoken.nativeruntime.weights.stored.SmallFloatMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.Map;
import java.util.stream.IntStream;

/** Layouts of quantized checkpoints, each with the {@code quantization_config} that goes with it. */
enum CheckpointLayout {
    GPTQ("""
            "quant_method": "gptq", "bits": 4, "group_size": 64, "sym": true, "desc_act": false""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            IntegerMatrix matrix = IntegerMatrix.rounded(ref, 4, true, neighbours(ref, 64), weights);
            return new Quantized(matrix.gptq(true, false), matrix::weight);
        }
    },
    GPTQ_ACTIVATION_ORDER("""
            "quant_method": "gptq", "bits": 4, "group_size": 64, "sym": false, "desc_act": true,
            "checkpoint_format": "gptq_v2\"""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            int groups = ref.columns() / 64;
            int[] index = IntStream.range(0, ref.columns())
                    .map(k -> k * 7 % ref.columns() % groups)
                    .toArray();
            IntegerMatrix matrix = IntegerMatrix.rounded(ref, 4, false, index, weights);
            return new Quantized(matrix.gptq(false, true), matrix::weight);
        }
    },
    GPTQ_8("""
            "quant_method": "gptq", "bits": 8, "group_size": -1, "sym": false, "desc_act": false""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            IntegerMatrix matrix = IntegerMatrix.rounded(ref, 8, false, new int[ref.columns()], weights);
            return new Quantized(matrix.gptq(true, true), matrix::weight);
        }
    },
    AWQ("""
            "quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true, "version": "gemm\"""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            IntegerMatrix matrix = IntegerMatrix.rounded(ref, 4, false, neighbours(ref, 128), weights);
            return new Quantized(matrix.awq(), matrix::weight);
        }
    },
    W4A16("""
            "quant_method": "compressed-tensors", "format": "pack-quantized", "ignore": ["lm_head"],
            "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int",
              "symmetric": false, "strategy": "group", "group_size": 32}}}""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            IntegerMatrix matrix = IntegerMatrix.rounded(ref, 4, false, neighbours(ref, 32), weights);
            return new Quantized(matrix.compressed(true, false), matrix::weight);
        }
    },
    FP8("""
            "quant_method": "fp8", "weight_block_size": [128, 128], "activation_scheme": "dynamic\"""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            SmallFloatMatrix matrix = SmallFloatMatrix.fp8(ref, 128, 128, false, weights);
            return new Quantized(matrix.tensors(), matrix::weight);
        }
    },
    /** Blocks that end within heads and panels; factors are powers of two, so that every weight is a BF16 number. */
    FP8_LOW_BLOCKS("""
            "quant_method": "fp8", "weight_block_size": [12, 128], "activation_scheme": "dynamic\"""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            SmallFloatMatrix matrix = SmallFloatMatrix.fp8(ref, 12, 128, true, weights);
            return new Quantized(matrix.tensors(), matrix::weight);
        }
    },
    MXFP4("""
            "quant_method": "mxfp4\"""") {
        @Override
        Quantized quantize(MatrixRef ref, float[][] weights) {
            SmallFloatMatrix matrix = SmallFloatMatrix.mxfp4(ref, weights);
            return new Quantized(matrix.tensors(), matrix::weight);
        }
    };

    /** A weight as it is meant, in double precision. */
    interface Weight {
        double at(int row, int column);
    }

    record Quantized(Map<String, StoredTensor> tensors, Weight weight) {}

    private final String config;

    CheckpointLayout(String config) {
        this.config = config;
    }

    /** The fields of the quantization_config. */
    String config() {
        return config;
    }

    abstract Quantized quantize(MatrixRef ref, float[][] weights);

    private static int[] neighbours(MatrixRef ref, int group) {
        return IntStream.range(0, ref.columns()).map(k -> k / group).toArray();
    }
}
