"""The floor: types, values, operations, blocks and functions; text and verification.  See
`docs/design/ir.md`."""
