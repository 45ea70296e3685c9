import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import { awaitsStructuredOutput, give, inOrder, runBash, say } from './script.ts';
import { startScriptedModel, type ScriptedModel } from './server.ts';

describe('startScriptedModel', () => {
  let model: ScriptedModel;

  beforeAll(async () => {
    const isAbout = (word: string) => (conversation: { userTexts: readonly string[] }) =>
      conversation.userTexts.some((text) => text.includes(word));
    model = await startScriptedModel({
      scripts: [
        {
          name: 'first',
          matches: isAbout('apples'),
          steps: [
            { when: awaitsStructuredOutput, answer: [give({ kind: 'fruit' })] },
            ...inOrder(() => true, [[say('I look.'), runBash('ls')], [say('There are apples.')]]),
          ],
        },
        { name: 'second', steps: [{ when: () => true, answer: [say('I am the second.')] }] },
      ],
    });
  });
  afterAll(() => model.close());

  const client = (path = ''): Anthropic =>
    new Anthropic({ apiKey: 'k', baseURL: `${model.url}${path}`, maxRetries: 0 });
  const question: Anthropic.MessageParam = { role: 'user', content: 'How many apples?' };
  const ask = { model: 'm', max_tokens: 10 };

  it('answers by the conversation, streamed and whole alike', async () => {
    const whole = await client().messages.create({ ...ask, messages: [question] });
    const streamed = await client()
      .messages.stream({ ...ask, messages: [question] })
      .finalMessage();

    for (const message of [whole, streamed]) {
      expect(message.stop_reason).toBe('tool_use');
      expect(message.content.map((block) => block.type)).toEqual(['text', 'tool_use']);
      expect(message.usage.output_tokens).toBeGreaterThan(1);
    }
  });

  it('gives the same answer to the same conversation, however often it is asked', async () => {
    const first = await client().messages.create({ ...ask, messages: [question] });
    const result = (id: string): Anthropic.MessageParam[] => [
      question,
      {
        role: 'assistant',
        content: first.content.map((block) => (block.type === 'tool_use' ? { ...block, id } : block)),
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'apple apple' }] },
    ];

    for (const id of ['toolu_1', 'toolu_1', 'toolu_2']) {
      const next = await client().messages.create({ ...ask, messages: result(id) });

      expect(next.content).toMatchObject([{ type: 'text', text: 'There are apples.' }]);
    }
  });

  it('selects a script by the path', async () => {
    const message = await client('/task/second').messages.create({ ...ask, messages: [question] });

    expect(message.content).toMatchObject([{ text: 'I am the second.' }]);
  });

  it('gives structured output where it is asked for', async () => {
    const tools: Anthropic.Tool[] = [{ name: 'StructuredOutput', input_schema: { type: 'object' } }];

    const message = await client().messages.create({ ...ask, tools, messages: [question] });

    expect(message.content).toMatchObject([{ type: 'tool_use', name: 'StructuredOutput', input: { kind: 'fruit' } }]);
  });

  it('ends a conversation that no script knows', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Pears?' }];

    const message = await client().messages.create({ ...ask, messages });

    expect(message.stop_reason).toBe('end_turn');
    expect(model.requests.at(-1)?.script).toBeNull();
  });

  it('counts tokens and lists models', async () => {
    const count = await client().messages.countTokens({ model: 'm', messages: [question] });
    const models = await client().models.list();

    expect(count.input_tokens).toBeGreaterThan(0);
    expect(models.data).toEqual([]);
  });

  it('answers nonsense with an error and stays up', async () => {
    const response = await fetch(`${model.url}/v1/messages`, { method: 'POST', body: 'no json' }).catch(
      () => undefined,
    );
    const missing = await fetch(`${model.url}/v1/nothing`);

    expect(response?.ok ?? false).toBe(false);
    expect(missing.status).toBe(404);
  });
});
