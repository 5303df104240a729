"""Vision architectures as timm, torchvision and transformers define them, with their widths made small."""

import timm
import torch
from timm.models import efficientformer, lowformer, metaformer
from torch import nn

from entry import Registry, image

ENTRIES = Registry()
SMALL = dict(depths=(1, 1, 1, 1), dims=(8, 12, 16, 24), num_classes=10)


def small(name, size=32, **options):
    return timm.create_model(name, num_classes=10, **options), {"image": image(size)}


@ENTRIES.entry("poolformer", "000/12 002/33 003/60", "average pooling as token mixer", "timm MetaFormer(Pooling)")
def _():
    return metaformer.MetaFormer(token_mixers=metaformer.Pooling, norm_layers=metaformer.GroupNorm1,
                                 layer_scale_init_values=1e-5, use_mlp_head=False, **SMALL), {"image": image()}


@ENTRIES.entry("caformer", "000/18", "separable convolutions, then attention, with StarReLU", "timm MetaFormer")
def _():
    norms = [metaformer.LayerNorm2dNoBias] * 2 + [metaformer.LayerNormNoBias] * 2
    mixers = [metaformer.SepConv, metaformer.SepConv, metaformer.Attention, metaformer.Attention]
    return metaformer.MetaFormer(token_mixers=mixers, norm_layers=norms, **{**SMALL, "dims": (8, 16, 32, 32)}), {
        "image": image()}


@ENTRIES.entry("convformer", "000/18", "separable convolutions as token mixer, StarReLU", "timm MetaFormer(SepConv)")
def _():
    return metaformer.MetaFormer(token_mixers=metaformer.SepConv, norm_layers=metaformer.LayerNorm2dNoBias, **SMALL), {
        "image": image()}


@ENTRIES.entry("identityformer", "000/18 004/49", "no token mixer at all, as RIFormer is deployed after re-parameterization",
               "timm MetaFormer(Identity)")
def _():
    return metaformer.MetaFormer(token_mixers=nn.Identity, norm_layers=metaformer.GroupNorm1, **SMALL), {"image": image()}


@ENTRIES.entry("lowformer", "000/21 004/75", "convolutions and attention at low resolution", "timm LowFormer")
def _():
    return lowformer.LowFormer(num_classes=10, width_list=[8, 12, 16, 24, 32], depth_list=[0, 1, 1, 1, 1],
                               head_widths=(32, 32)), {"image": image(64)}


@ENTRIES.entry("efficientformer", "000/51 001/60 002/29 003/46 004/70", "pooling blocks, then attention blocks with learned biases",
               "timm EfficientFormer")
def _():
    model = efficientformer.EfficientFormer(depths=(1, 1, 1, 1), embed_dims=(8, 12, 16, 24), num_vits=0, num_classes=10)
    model.stages[3].blocks[-1] = nn.Sequential(model.stages[3].blocks[-1])
    block = efficientformer.MetaBlock1d(24)
    block.token_mixer = efficientformer.Attention(24, key_dim=8, num_heads=2, attn_ratio=4, resolution=2)
    model.stages[3].blocks = nn.Sequential(*model.stages[3].blocks, efficientformer.Flat(), block)
    return model, {"image": image(64)}


@ENTRIES.entry("efficientformer-v2", "004/106", "depthwise MLPs, attention with talking heads", "timm efficientformerv2")
def _():
    return small("efficientformerv2_s0", 64, embed_dims=(8, 12, 16, 24), depths=(1, 1, 1, 1), num_vit=1, img_size=64)


@ENTRIES.entry("tnt", "002/22 003/59", "an inner transformer over sub-patches inside each patch", "timm tnt")
def _():
    return small("tnt_s_patch16_224", img_size=32, patch_size=16, embed_dim=24, inner_dim=8, depth=2, num_heads_outer=2,
                 num_heads_inner=2)


@ENTRIES.entry("shvit", "001/42", "single-head attention over part of the channels, large-stride stem", "timm shvit")
def _():
    return small("shvit_s1", 64, embed_dim=(16, 24, 32), partial_dim=(8, 8, 8), depth=(1, 1, 1))


@ENTRIES.entry("deit", "004/117", "a distillation token beside the class token", "timm deit distilled")
def _():
    return small("deit_tiny_distilled_patch16_224", img_size=32, patch_size=8, embed_dim=24, depth=2, num_heads=2)


@ENTRIES.entry("swin", "004/77", "shifted windows: the backbone that MoBY pretrains", "timm swin_transformer")
def _():
    return small("swin_tiny_patch4_window7_224", img_size=32, patch_size=4, window_size=4, embed_dim=12, depths=(2,), num_heads=(2,))


@ENTRIES.entry("pvt", "004/24", "attention over spatially reduced keys and values, in a pyramid", "transformers PvtForImageClassification")
def _():
    from transformers import PvtConfig, PvtForImageClassification

    config = PvtConfig(image_size=64, num_encoder_blocks=4, depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 16, 16],
                       num_attention_heads=[1, 1, 2, 2], mlp_ratios=[2, 2, 2, 2], num_labels=10)
    return Logits(PvtForImageClassification(config), "pixel_values"), {"image": image(64)}


@ENTRIES.entry("video-swin", "001/56", "windows shifted over time, height and width", "torchvision SwinTransformer3d")
def _():
    from torchvision.models.video.swin_transformer import SwinTransformer3d

    model = SwinTransformer3d(patch_size=[2, 4, 4], embed_dim=8, depths=[2], num_heads=[2], window_size=[2, 4, 4],
                              mlp_ratio=2.0, num_classes=10)
    return model, {"video": torch.randn(2, 3, 4, 32, 32)}


@ENTRIES.entry("dpt", "004/110", "a vision transformer with a convolutional decoder for depth", "transformers DPTForDepthEstimation",
               outputs=["depth"])
def _():
    from transformers import DPTConfig, DPTForDepthEstimation

    config = DPTConfig(hidden_size=24, num_hidden_layers=4, num_attention_heads=2, intermediate_size=48, image_size=32, patch_size=8,
                       backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 16, 16], fusion_hidden_size=8, is_hybrid=False,
                       head_in_index=-1)
    return Logits(DPTForDepthEstimation(config), "pixel_values", "predicted_depth"), {"image": image()}


@ENTRIES.entry("clip", "004/55", "an image tower and a text tower with one space", "transformers CLIPModel", outputs=["image_embeds", "text_embeds"])
def _():
    from transformers import CLIPConfig, CLIPModel

    tower = dict(hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2)
    config = CLIPConfig(text_config=dict(vocab_size=64, max_position_embeddings=12, eos_token_id=63, bos_token_id=62, **tower),
                        vision_config=dict(image_size=32, patch_size=8, **tower), projection_dim=16)
    config._attn_implementation = "eager"
    ids = torch.randint(0, 60, (2, 12))
    ids[:, -1] = 63
    return Towers(CLIPModel(config)), {"image": image(), "input_ids": ids}


@ENTRIES.entry("segformer", "000/4 003/50", "the hierarchical encoder of DAFormer with a fusing decoder", "transformers SegformerForSemanticSegmentation")
def _():
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    config = SegformerConfig(depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 16, 16], num_attention_heads=[1, 1, 2, 2], decoder_hidden_size=16,
                             mlp_ratios=[2, 2, 2, 2], num_labels=5)
    return Logits(SegformerForSemanticSegmentation(config), "pixel_values"), {"image": image(64)}


class Logits(nn.Module):
    """One input and one named output of a transformers model."""

    def __init__(self, model, takes, gives="logits"):
        super().__init__()
        self.model, self.takes, self.gives = model, takes, gives

    def forward(self, x):
        return getattr(self.model(**{self.takes: x}), self.gives)


class Towers(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image, input_ids):
        out = self.model(input_ids=input_ids, pixel_values=image)
        return out.image_embeds, out.text_embeds
