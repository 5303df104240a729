package dev.foretoken.nativeruntime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.weights.stored.StoredEncoding;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EncodingReaderTest {

    private static StoredEncoding read(String encoding) {
        String json = "{\"model_type\": \"llama\"%s}"
                .formatted(encoding.isEmpty() ? "" : ", \"quantization_config\": {" + encoding + "}");
        return EncodingReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String compressed(String format, String weights, String activations) {
        return """
                "quant_method": "compressed-tensors", "format": "%s",
                "config_groups": {"group_0": {"weights": {%s}, "input_activations": %s}}""".formatted(format, weights, activations);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | Unquantized[]",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"desc_act\": true, \"sym\": true | GptqEncoding[bits=4, group=128, zerosLessOne=true]",
                "\"quant_method\": \"gptq\", \"bits\": 8, \"group_size\": -1, \"checkpoint_format\": \"gptq_v2\" | GptqEncoding[bits=8, group=-1, zerosLessOne=false]",
                "\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 64, \"version\": \"GEMM\", \"zero_point\": true, \"modules_to_not_convert\": null | AwqEncoding[group=64]",
                "\"quant_method\": \"fp8\", \"weight_block_size\": [128, 64], \"activation_scheme\": \"dynamic\" | Fp8Encoding[blockRows=128, blockColumns=64]",
                "\"quant_method\": \"fp8\", \"activation_scheme\": \"static\" | Fp8Encoding[blockRows=0, blockColumns=0]",
                "\"quant_method\": \"mxfp4\" | Mxfp4Encoding[]",
            })
    void readsHowMatricesAreStored(String encoding, String expected) {
        assertThat(read(encoding)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "pack-quantized | \"num_bits\": 4, \"type\": \"int\", \"strategy\": \"group\", \"group_size\": 32 | null | [Packing[bits=4, group=32]] | 0",
                "pack-quantized | \"num_bits\": 8, \"strategy\": \"channel\", \"symmetric\": false | null | [Packing[bits=8, group=-1]] | 0",
                "int-quantized | \"num_bits\": 8, \"type\": \"int\", \"strategy\": \"channel\" | {\"num_bits\": 8, \"type\": \"int\", \"strategy\": \"token\", \"dynamic\": true} | [] | 0",
                "float-quantized | \"num_bits\": 8, \"type\": \"float\", \"strategy\": \"channel\" | {\"num_bits\": 8} | [] | 0",
                "float-quantized | \"num_bits\": 8, \"type\": \"float\", \"strategy\": \"block\", \"block_structure\": [128, 128] | null | [] | 128",
                "mxfp4-pack-quantized | \"num_bits\": 4, \"type\": \"float\" | null | [] | 0",
            })
    void readsCompressedTensors(String format, String weights, String activations, String packings, int block) {
        assertThat(read(compressed(format, weights, activations)))
                .hasToString("CompressedTensors[packings=%s, floats=Fp8Encoding[blockRows=%d, blockColumns=%d]]"
                        .formatted(packings, block, block));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"quant_method\": \"bitsandbytes\" | method bitsandbytes; supported is absent: weights in F32, F16 or BF16, or method awq",
                "\"bits\": 4 | method unnamed",
                "\"quant_method\": \"gptq\", \"bits\": 3, \"group_size\": 128 | bits 3; supported is 4 or 8",
                "\"quant_method\": \"gptq\", \"bits\": 4 | no group_size",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 0 | group_size=0, must be -1 or at least 1",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": -2 | group_size=-2",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"checkpoint_format\": \"marlin\" | checkpoint_format \"marlin\"; supported is gptq or gptq_v2",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"is_marlin_format\": true | is_marlin_format true",
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"dynamic\": {\"+:.*0.*\": {\"bits\": 8}} | rules for single modules",
                "\"quant_method\": \"awq\", \"bits\": 8, \"group_size\": 128 | bits 8; supported is 4",
                "\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128, \"version\": \"gemv\" | version \"gemv\"; supported is gemm",
                "\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128, \"zero_point\": false | zero_point false",
                "\"quant_method\": \"fp8\", \"weight_block_size\": [128] | weight_block_size=[128], must be a list of two sizes",
                "\"quant_method\": \"fp8\", \"weight_block_size\": [128, 0] | must be a list of two sizes",
            })
    void refusesOtherEncodingsInOneSentence(String encoding, String message) {
        assertThatThrownBy(() -> read(encoding)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "marlin-24 | \"num_bits\": 4 | format \"marlin-24\"",
                "nvfp4-pack-quantized | \"num_bits\": 4 | format \"nvfp4-pack-quantized\"",
                "pack-quantized | \"num_bits\": 2, \"strategy\": \"channel\" | num_bits 2; supported is 4 or 8",
                "pack-quantized | \"num_bits\": 4, \"strategy\": \"tensor\" | strategy \"tensor\"; supported is group or channel",
                "pack-quantized | \"num_bits\": 4, \"type\": \"float\" | type \"float\"; supported is int",
                "pack-quantized | \"num_bits\": 4, \"strategy\": \"group\" | no group_size",
                "float-quantized | \"num_bits\": 8, \"type\": \"float\", \"strategy\": \"group\" | strategy \"group\"; supported is tensor, channel or block",
                "float-quantized | \"num_bits\": 4, \"type\": \"float\" | num_bits 4; supported is 8",
            })
    void refusesOtherCompressedTensors(String format, String weights, String message) {
        assertThatThrownBy(() -> read(compressed(format, weights, "null"))).hasMessageContaining(message);
    }
}
