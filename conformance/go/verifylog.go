// SPDX-License-Identifier: Apache-2.0

// Verifylog is a second opinion on a log, in another language and over other libraries: golang.org/x/mod reads the signed
// note and checks the proofs; every entry and every tile is checked here, one by one, because tile readers of x/mod before
// 0.40.0 leave some of them unchecked (CVE-2026-56865).
//
//	verifylog FOLDER VKEY [PROOFS]
//
// It prints what it checked as JSON and ends with 0, or the first thing that is wrong and ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileWidth = 256

// A proof as the log made it, over the signed tree or, for growth, from an older size to a newer one.
type proof struct {
	Kind   string   `json:"kind"`
	Index  int64    `json:"index"`
	Leaf   string   `json:"leaf"`
	Old    int64    `json:"old"`
	New    int64    `json:"new"`
	Hashes []string `json:"hashes"`
}

type told struct {
	Size      int64 `json:"size"`
	Tiles     int   `json:"tiles"`
	Bundles   int   `json:"bundles"`
	Inclusion int   `json:"inclusion"`
	Growth    int   `json:"growth"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "verifylog FOLDER VKEY [PROOFS]")
		os.Exit(2)
	}
	answer, err := verify(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	text, _ := json.Marshal(answer)
	fmt.Println(string(text))
}

func verify(folder, vkey string, more []string) (*told, error) {
	size, root, err := readCheckpoint(folder, vkey)
	if err != nil {
		return nil, err
	}
	answer := &told{Size: size}
	leaves, err := readBundles(folder, size, answer)
	if err != nil {
		return nil, err
	}
	if err := checkTiles(folder, leaves, answer); err != nil {
		return nil, err
	}
	stored, err := storedHashes(leaves)
	if err != nil {
		return nil, err
	}
	if found, err := tlog.TreeHash(size, stored); err != nil || found != root {
		return nil, fmt.Errorf("checkpoint: its root is not the root of the entries: %v", err)
	}
	if len(more) > 0 {
		return answer, checkProofs(more[0], size, stored, answer)
	}
	return answer, nil
}

func readCheckpoint(folder, vkey string) (int64, tlog.Hash, error) {
	var root tlog.Hash
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return 0, root, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, root, err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return 0, root, fmt.Errorf("checkpoint: %v", err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return 0, root, fmt.Errorf("checkpoint: not one of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, root, fmt.Errorf("checkpoint: %v", err)
	}
	root, err = tlog.ParseHash(lines[2])
	return size, root, err
}

// Tiles are named by the C2SP tlog-tiles rules, which are not quite those of x/mod.
func tilePath(level string, index int64, width int) string {
	name := fmt.Sprintf("%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		name = fmt.Sprintf("x%03d/%s", index%1000, name)
	}
	if width < tileWidth {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return "tile/" + level + "/" + name
}

func readBundles(folder string, size int64, answer *told) ([]tlog.Hash, error) {
	leaves := make([]tlog.Hash, 0, size)
	for index := int64(0); index*tileWidth < size; index++ {
		path := tilePath("entries", index, widthOf(size, index))
		data, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return nil, err
		}
		count := 0
		for ; len(data) > 0; count++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s: entry %d does not end inside the file", path, count)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, tlog.RecordHash(data[2:end]))
			data = data[end:]
		}
		if count != widthOf(size, index) {
			return nil, fmt.Errorf("%s: %d entries", path, count)
		}
		answer.Bundles++
	}
	return leaves, nil
}

func widthOf(size, index int64) int {
	if rest := size - index*tileWidth; rest < tileWidth {
		return int(rest)
	}
	return tileWidth
}

// Every tile of every level against the entries behind it; a tile that is not hashed upwards too.
func checkTiles(folder string, row []tlog.Hash, answer *told) error {
	for level := 0; len(row) > 0; level++ {
		var above []tlog.Hash
		for index := int64(0); index*tileWidth < int64(len(row)); index++ {
			width := widthOf(int64(len(row)), index)
			path := tilePath(strconv.Itoa(level), index, width)
			data, err := os.ReadFile(filepath.Join(folder, path))
			if err != nil {
				return err
			}
			part := row[index*tileWidth : index*tileWidth+int64(width)]
			var want []byte
			for _, hash := range part {
				want = append(want, hash[:]...)
			}
			if !bytes.Equal(data, want) {
				return fmt.Errorf("%s: not the hashes of the entries behind it", path)
			}
			if width == tileWidth {
				above = append(above, fold(part))
			}
			answer.Tiles++
		}
		row = above
	}
	return nil
}

func fold(row []tlog.Hash) tlog.Hash {
	for len(row) > 1 {
		next := make([]tlog.Hash, len(row)/2)
		for i := range next {
			next[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = next
	}
	return row[0]
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(h)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[i] = h[index]
	}
	return found, nil
}

func storedHashes(leaves []tlog.Hash) (hashes, error) {
	var stored hashes
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, stored)
		if err != nil {
			return nil, err
		}
		stored = append(stored, more...)
	}
	return stored, nil
}

// What the log proved of itself, checked by x/mod against roots that were computed here.
func checkProofs(file string, size int64, stored hashes, answer *told) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var proofs []proof
	if err := json.Unmarshal(text, &proofs); err != nil {
		return err
	}
	for _, p := range proofs {
		path := make([]tlog.Hash, len(p.Hashes))
		for i, hash := range p.Hashes {
			if path[i], err = tlog.ParseHash(hash); err != nil {
				return err
			}
		}
		if p.Kind == "inclusion" {
			answer.Inclusion++
			err = checkRecord(p, path, size, stored)
		} else {
			answer.Growth++
			err = checkGrowth(p, path, stored)
		}
		if err != nil {
			return fmt.Errorf("%s proof %+v: %v", p.Kind, p, err)
		}
	}
	return nil
}

func checkRecord(p proof, path []tlog.Hash, size int64, stored hashes) error {
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		return err
	}
	leaf, err := base64.StdEncoding.DecodeString(p.Leaf)
	if err != nil {
		return err
	}
	var hash tlog.Hash
	copy(hash[:], leaf)
	return tlog.CheckRecord(path, size, root, p.Index, hash)
}

func checkGrowth(p proof, path []tlog.Hash, stored hashes) error {
	older, err := tlog.TreeHash(p.Old, stored)
	if err != nil {
		return err
	}
	newer, err := tlog.TreeHash(p.New, stored)
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, p.New, newer, p.Old, older)
}
