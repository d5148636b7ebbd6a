// Says how BuildKit reads each Dockerfile of a folder: writes NAME.json beside every NAME.Dockerfile.
// After an edit of the corpus, in this folder: go run . ../../corpus/dockerfiles
package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type heredoc struct {
	Name    string `json:"name"`
	Chomp   bool   `json:"chomp"`
	Quoted  bool   `json:"quoted"`
	Content string `json:"content"`
}

type command struct {
	Keyword string   `json:"keyword"`
	Flags   []string `json:"flags"`
	JSON    bool     `json:"json"`
	Words   []string `json:"words"`
}

type instruction struct {
	command
	StartLine int       `json:"startLine"`
	EndLine   int       `json:"endLine"`
	Original  string    `json:"original"`
	Heredocs  []heredoc `json:"heredocs"`
	Onbuild   *command  `json:"onbuild,omitempty"`
}

type reading struct {
	// The parser refuses the file.
	ParseError string `json:"parseError,omitempty"`
	// Every line can be parsed, but makes no build: an unknown instruction, say.
	InstructionError string        `json:"instructionError,omitempty"`
	Escape           string        `json:"escape,omitempty"`
	Instructions     []instruction `json:"instructions,omitempty"`
}

func readCommand(node *parser.Node) command {
	one := command{
		Keyword: node.Value,
		Flags:   append([]string{}, node.Flags...),
		JSON:    node.Attributes["json"],
		Words:   []string{},
	}
	for next := node.Next; next != nil; next = next.Next {
		if len(next.Children) == 0 {
			one.Words = append(one.Words, next.Value)
		}
	}
	return one
}

func read(text []byte) reading {
	result, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return reading{ParseError: err.Error()}
	}
	all := reading{Escape: string(result.EscapeToken)}
	for _, node := range result.AST.Children {
		one := instruction{
			command:   readCommand(node),
			StartLine: node.StartLine,
			EndLine:   node.EndLine,
			Original:  node.Original,
			Heredocs:  []heredoc{},
		}
		for _, doc := range node.Heredocs {
			one.Heredocs = append(one.Heredocs, heredoc{doc.Name, doc.Chomp, !doc.Expand, doc.Content})
		}
		if node.Next != nil && len(node.Next.Children) > 0 {
			inner := readCommand(node.Next.Children[0])
			one.Onbuild = &inner
		}
		all.Instructions = append(all.Instructions, one)
	}
	stages, _, err := instructions.Parse(result.AST, linter.New(&linter.Config{SkipAll: true}))
	if err != nil {
		all.InstructionError = err.Error()
	} else if len(stages) == 0 {
		all.InstructionError = "no build stage"
	}
	return all
}

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.Dockerfile"))
	if err != nil || len(files) == 0 {
		log.Fatal("no *.Dockerfile in ", os.Args[1])
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(read(text)); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(strings.TrimSuffix(file, ".Dockerfile")+".json", out.Bytes(), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
