"""The REMI language: vocabulary, grammar, and phrases to tokens and back."""
