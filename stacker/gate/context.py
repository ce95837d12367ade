"""The name of the gate's CI check, which upstream may require on its branch."""

CONTEXT = "land-together"
