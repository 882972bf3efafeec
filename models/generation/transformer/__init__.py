"""The trained transformer for generation: layers with a KV cache, the flat and the nested model."""
