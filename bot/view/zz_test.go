package view_test
import "testing"
func TestZZ(t *testing.T){ for a, s := range everyForm(t, plainly) { _, v := build(s,a); t.Log(a, onAck(t,v)) } }
